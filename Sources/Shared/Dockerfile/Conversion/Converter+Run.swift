import Diagnostics
import Stackerfile

extension Converter {
    mutating func run(_ instruction: Instruction) {
        guard checkRunFlags(instruction) else { return }
        let command: ByteString
        if let words = JSONWords.parse(instruction.text.bytes), !words.isEmpty {
            command = asUser(exec(words))
        } else if let heredoc = instruction.heredocs.first, heredoc.word == 0..<instruction.text.bytes.count {
            command = script(heredoc)
        } else if instruction.heredocs.isEmpty, stage.runsAsRoot, stage.shell == Stage.usualShell,
            let chain = ShellChain(instruction.text)
        {
            command = chain.script
        } else {
            var text = ShellText.withLineBreaks(instruction.text)
            if !instruction.heredocs.isEmpty {
                text = ByteString(instruction.text.bytes + [ASCII.newline] + instruction.heredocs.flatMap(\.raw))
            }
            command = inShell(text)
        }
        addScript(command)
    }

    private mutating func checkRunFlags(_ instruction: Instruction) -> Bool {
        guard checkFlags(instruction, ["network", "security", "mount"]) else { return false }
        if let mount = instruction.flags.first(where: { $0.name == "mount" }) {
            findings.report(
                "RUN --mount has no equivalent in stacker.yaml", atByte: mount.offset,
                expected: "a RUN without it: bring files with COPY, and remove what should not stay")
            return false
        }
        for (name, words) in [("network", ["host", "default"]), ("security", ["sandbox"])] {
            guard let value = flag(name, of: instruction), !words.contains(where: { ByteString($0) == value }) else {
                continue
            }
            findings.report(
                "RUN --\(name)=\(Shown.text(value)) has no equivalent in stacker.yaml", atByte: instruction.offset)
            return false
        }
        return true
    }

    // MARK: - Commands

    /// A program by its name alone would be taken for a command of the shell's own.
    private func exec(_ words: [ByteString]) -> ByteString {
        let text = ShellQuote.words(words)
        if words.first?.bytes.contains(ASCII.slash) == true { return text }
        return ByteString(Array("(exec ".utf8) + text.bytes + Array(")".utf8))
    }

    private func inShell(_ text: ByteString) -> ByteString {
        var text = text
        while text.bytes.last == ASCII.newline { text.bytes.removeLast() }
        // Who becomes another user starts a shell anyway.
        if !stage.runsAsRoot, stage.shell == Stage.usualShell { return asUser(text) }
        return asUser(
            ByteString(ShellQuote.words(stage.shell).bytes + [ASCII.space] + ShellQuote.quoted(text).bytes))
    }

    /// The lines of a here-document as a program of their own: in the shell, or as its first line says.
    private func script(_ heredoc: Instruction.Heredoc) -> ByteString {
        guard heredoc.body.starts(with: "#!".utf8) else { return inShell(ByteString(heredoc.body)) }
        let end = heredoc.body.firstIndex(of: ASCII.newline) ?? heredoc.body.count
        let line = LogicalText(heredoc.body[2..<end], at: 0).trimmed
        let space = line.bytes.firstIndex(where: ASCII.isSpace) ?? line.bytes.count
        // One argument at most, as the kernel does it.
        let words = [line[0..<space], line[space..<line.bytes.count].trimmed].filter { !$0.isEmpty }
        let interpreter = ShellQuote.words(words.map { ByteString($0.bytes) })
        let name = Array(heredoc.name.utf8)
        let text = interpreter.bytes + Array(" /dev/fd/3 3<<'".utf8) + name + Array("'\n".utf8) + heredoc.body + name
        return asUser(ByteString(text))
    }

    /// The command with the rights of the user of the stage.
    private func asUser(_ command: ByteString) -> ByteString {
        guard !stage.runsAsRoot, let user = stage.user else { return command }
        let parts = user.bytes.split(separator: 0x3a, maxSplits: 1).map { ByteString($0) }
        guard let name = parts.first else { return command }
        let hasHome = stage.scope.environment["HOME"] != nil
        let isNumber = name.bytes.allSatisfy(ASCII.isDigit)
        if !isNumber, parts.count == 1 {
            let start = Array("su \(hasHome ? "-p " : "")-s /bin/sh ".utf8) + ShellQuote.word(name).bytes
            return ByteString(start + Array(" -c ".utf8) + ShellQuote.quoted(command).bytes)
        }
        let group = parts.count > 1 ? parts[1] : "0"
        var start: [UInt8] = []
        if !hasHome { start = Array("HOME=".utf8) + (isNumber ? [ASCII.slash] : [0x7e] + name.bytes) + [ASCII.space] }
        start += Array("setpriv --reuid=".utf8) + ShellQuote.word(name).bytes
        start += Array(" --regid=".utf8) + ShellQuote.word(group).bytes
        start += Array(" --clear-groups /bin/sh -c ".utf8)
        return ByteString(start + ShellQuote.quoted(command).bytes)
    }

    // MARK: - The script of an image

    /// Adds a command to the script, in its directory and with its variables.
    mutating func addScript(_ command: ByteString, inDirectory: Bool = true) {
        let wanted = runEnvironment()
        if stage.draft.script.isEmpty {
            stage.draft.buildEnvironment = wanted
            // A variable that is there and empty cannot come from build_env.
            export(stage.scope.environment.filter(\.value.isEmpty))
        } else {
            let changed = wanted.filter { stage.scriptEnvironment[$0.name] != $0.value }
            if changed.contains(where: { ArgumentTable.holdsMarks($0.value) }) {
                finishPart()
                return addScript(command, inDirectory: inDirectory)
            }
            export(changed)
        }
        stage.scriptEnvironment = wanted
        makeWantedDirectories()
        if inDirectory, stage.scriptDirectory != stage.workingDirectory {
            stage.draft.script.append(ByteString(Array("cd ".utf8) + ShellQuote.word(stage.workingDirectory).bytes))
            stage.scriptDirectory = stage.workingDirectory
        }
        stage.draft.script.append(command)
    }

    private mutating func export(_ variables: [ImageDraft.Variable]) {
        guard !variables.isEmpty else { return }
        let words = variables.map { Array("\($0.name)=".utf8) + ShellQuote.quoted($0.value).bytes }
        stage.draft.script.append(ByteString(Array("export ".utf8) + Array(words.joined(separator: [ASCII.space]))))
    }

    /// What commands of RUN find: arguments, variables, and the home directory of root.
    private mutating func runEnvironment() -> [ImageDraft.Variable] {
        let scope = stage.scope
        var result: [ImageDraft.Variable] = []
        if scope.environment["HOME"] == nil { result.set("HOME", "/root") }
        for argument in scope.arguments where scope.environment[ByteString(argument.name)] == nil {
            result.set(ByteString(argument.name), table.mark(argument.name, default: argument.value ?? ""))
        }
        for variable in scope.environment { result.set(variable.name, variable.value) }
        return result
    }

    /// Ends the image that is being put together; what follows goes into one above it.
    mutating func finishPart() {
        guard !stage.draft.script.isEmpty || !stage.draft.imports.isEmpty else { return }
        var draft = stage.draft
        stage.finished += 1
        draft.name = unusedName(ByteString(stage.imageName.bytes + Array("-\(stage.finished)".utf8)))
        images.append(draft)
        stage.draft = ImageDraft(name: stage.imageName, base: .built(draft.name))
        stage.draft.platform = draft.platform
        stage.scriptDirectory = "/"
        stage.scriptEnvironment = []
    }
}
