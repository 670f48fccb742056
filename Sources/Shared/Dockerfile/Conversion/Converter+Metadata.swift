import Diagnostics
import Stackerfile

/// What containers of the image are started with.
extension Converter {
    mutating func workingDirectory(_ instruction: Instruction) {
        guard let path = expanded(instruction.text) else { return }
        guard !ArgumentTable.holdsMarks(path) || path.bytes.first == ASCII.slash else {
            return findings.report(
                "a directory that begins with a build argument cannot be converted", atByte: instruction.offset,
                expected: "a path that begins with /")
        }
        guard isLine(path, "the directory", atByte: instruction.offset) else { return }
        let directory = PathText.absolute(path, from: stage.workingDirectory)
        stage.workingDirectory = directory
        stage.configuration.workingDirectory = directory
        guard stage.directories.insert(directory).inserted else { return }
        stage.wantedDirectories.append(directory)
        // The directory would belong to the user, so it is made now, and not together with what is copied into it.
        if !stage.runsAsRoot { addScript(ownDirectory(directory), inDirectory: false) }
    }

    /// Makes what is missing of a path, for the user of the stage.
    private mutating func ownDirectory(_ directory: ByteString) -> ByteString {
        stage.wantedDirectories.removeAll { $0 == directory }
        var paths: [ByteString] = []
        var path: [ByteString] = []
        for name in PathText.components(directory) {
            path.append(name)
            paths.append(ByteString([ASCII.slash] + PathText.joined(path).bytes))
        }
        // With a colon and no group, that of the user is meant; a number has none.
        var owner = stage.user ?? "0"
        if !owner.bytes.contains(0x3a), !owner.bytes.allSatisfy(ASCII.isDigit) { owner.bytes.append(0x3a) }
        let user = ShellQuote.word(owner)
        let text =
            "for d in \(ShellQuote.words(paths)); do [ -d \"$d\" ] || { mkdir \"$d\" && chown \(user) \"$d\"; }; done"
        return ByteString(text)
    }

    /// Makes the directories of WORKDIR that nothing else has made.
    mutating func makeWantedDirectories() {
        let wanted = stage.wantedDirectories
        guard !wanted.isEmpty else { return }
        stage.wantedDirectories = []
        if stage.isFromScratch, stage.draft.script.isEmpty, stage.finished == 0 {
            return findings.warn(
                "\(wanted[0]) is not made: an image from scratch has no program for it", atByte: stage.offset)
        }
        let command = ByteString(Array("mkdir -p ".utf8) + ShellQuote.words(wanted).bytes)
        stage.draft.script.append(command)
    }

    mutating func user(_ instruction: Instruction) {
        guard let user = expanded(instruction.text) else { return }
        guard !user.isEmpty, !user.bytes.contains(where: ASCII.isSpace),
            isLine(user, "the user", atByte: instruction.offset)
        else {
            return findings.report(
                "'\(Shown.text(user))' cannot be a user", atByte: instruction.offset, expected: "USER NAME[:GROUP]")
        }
        stage.user = user
        stage.configuration.user = user
    }

    mutating func shell(_ instruction: Instruction) {
        guard let words = JSONWords.parse(instruction.text.bytes), !words.isEmpty else {
            return findings.report(
                "SHELL has no list of words", atByte: instruction.offset, expected: "SHELL [\"/bin/sh\", \"-c\"]")
        }
        stage.shell = words
    }

    /// CMD and ENTRYPOINT; the shell form is run by the shell of the stage.
    mutating func command(_ instruction: Instruction) {
        let words =
            JSONWords.parse(instruction.text.bytes) ?? stage.shell + [ByteString(instruction.text.bytes)]
        if instruction.keyword == "CMD" {
            stage.configuration.command = words
            stage.hasCommand = true
        } else {
            stage.configuration.entrypoint = words
            // The command of the image below was meant for another program.
            if !stage.hasCommand { stage.configuration.command = nil }
        }
    }

    mutating func ports(_ instruction: Instruction) {
        for word in instruction.text.words {
            guard let port = expanded(word) else { continue }
            guard PortText.ports(table.withDefaults(port)) != nil else {
                findings.report(
                    "'\(Shown.text(table.withDefaults(port)))' is no port", atByte: word.offset(of: 0),
                    expected: "a number from 1 to 65535, such as 80, 53/udp or 8000-8010/tcp")
                continue
            }
            if !stage.configuration.ports.contains(port) { stage.configuration.ports.append(port) }
        }
    }

    mutating func volumes(_ instruction: Instruction) {
        let words = JSONWords.parse(instruction.text.bytes) ?? instruction.text.words.compactMap { expanded($0) }
        for volume in words where !stage.configuration.volumes.contains(volume) {
            guard !volume.isEmpty, isLine(volume, "the volume", atByte: instruction.offset) else { continue }
            stage.configuration.volumes.append(volume)
        }
    }

    mutating func stopSignal(_ instruction: Instruction) {
        guard let signal = expanded(instruction.text) else { return }
        guard SignalName.canonical(table.withDefaults(signal)) != nil else {
            return findings.report(
                "'\(Shown.text(table.withDefaults(signal)))' is no signal", atByte: instruction.text.offset(of: 0),
                expected: "a name or number of signal(7), such as SIGTERM")
        }
        stage.configuration.stopSignal = signal
    }

    mutating func healthCheck(_ instruction: Instruction) {
        let words = instruction.text.words
        let kind = words.first.map { String(decoding: ASCII.uppercased($0.bytes), as: UTF8.self) }
        if kind == "NONE", words.count == 1 {
            stage.configuration.healthCheck = ImageDraft.HealthCheck(test: ["NONE"])
            return
        }
        let rest = instruction.text[(words.first?.bytes.count ?? 0)..<instruction.text.bytes.count].trimmed
        guard kind == "CMD", !rest.isEmpty else {
            return findings.report(
                "HEALTHCHECK says no command", atByte: instruction.offset, expected: "HEALTHCHECK CMD COMMAND, or NONE")
        }
        let options = ["interval", "timeout", "start-period", "start-interval", "retries"]
        guard checkFlags(instruction, options) else { return }
        let test = JSONWords.parse(rest.bytes).map { ["CMD"] + $0 } ?? ["CMD-SHELL", ByteString(rest.bytes)]
        var check = ImageDraft.HealthCheck(test: test)
        for name in options {
            guard let value = flag(name, of: instruction) else { continue }
            let isRight =
                name == "retries"
                ? value.count < 10 && !value.isEmpty && value.bytes.allSatisfy(ASCII.isDigit)
                : DurationText.nanoseconds(value).map { $0 == 0 || $0 >= 1_000_000 } ?? false
            guard isRight else {
                findings.report("--\(name) cannot be '\(Shown.text(value))'", atByte: instruction.offset)
                continue
            }
            let field = ByteString(name.utf8.map { $0 == 0x2d ? 0x5f : $0 })
            check.options.set(field, value)
        }
        stage.configuration.healthCheck = check
    }

    mutating func maintainer(_ instruction: Instruction) {
        let key: ByteString = "org.opencontainers.image.authors"
        let name = ByteString(instruction.text.bytes)
        let before = stage.configuration.annotations[key]
        stage.configuration.annotations.set(
            key, before.map { ByteString($0.bytes + Array(", ".utf8) + name.bytes) } ?? name)
    }
}
