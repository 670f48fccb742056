import Diagnostics
import Stackerfile

extension Converter {
    /// Reads `FROM [--platform=P] IMAGE [AS NAME]`.
    mutating func from(_ instruction: Instruction) {
        finishStage()
        let words = instruction.text.words
        let isNamed = words.count == 3 && ASCII.lowercased(words[1].bytes) == Array("as".utf8)
        guard words.count == 1 || isNamed, let first = words.first else {
            return findings.report(
                "FROM names no image, or too much", atByte: instruction.offset,
                expected: "FROM IMAGE, or FROM IMAGE AS NAME")
        }
        guard checkFlags(instruction, ["platform"]), let image = expanded(first, in: global) else { return }
        guard !image.isEmpty else { return findings.report("the image has no name", atByte: first.offset(of: 0)) }
        guard isLine(image, "the image", atByte: first.offset(of: 0)) else { return }
        let name = isNamed ? stageName(words[2]) : nil
        if isNamed, name == nil { return }
        let platform = self.platform(instruction)
        let imageName = unusedName(self.imageName(name))
        let parent = stages.last { $0.name.map { Array($0.utf8) } == ASCII.lowercased(image.bytes) }
        var stage = Stage(name: name, imageName: imageName, base: parent.map { .built($0.imageName) } ?? base(image))
        if let parent {
            stage.inherit(parent)
            stage.draft.platform = platform ?? parent.draft.platform
        } else {
            stage.isFromScratch = stage.draft.base == .scratch
            stage.hasForeignBase = !stage.isFromScratch
            stage.draft.platform = platform
        }
        stage.offset = instruction.offset
        stages.append(stage)
    }

    private func base(_ image: ByteString) -> ImageDraft.Base {
        if image == "scratch" { return .scratch }
        let layout = Array("oci:".utf8)
        if image.bytes.starts(with: layout) { return .oci(ByteString(image.bytes.dropFirst(layout.count))) }
        let prefix = Array("docker://".utf8)
        return .docker(image.bytes.starts(with: prefix) ? image : ByteString(prefix + image.bytes))
    }

    private mutating func stageName(_ word: LogicalText) -> String? {
        let name = ASCII.lowercased(word.bytes)
        let isPlain = name.allSatisfy { ASCII.continuesName($0) || $0 == 0x2d || $0 == 0x2e }
        guard isPlain, name.first.map(ASCII.isLetter) == true, name.count <= 100 else {
            findings.report(
                "'\(Shown.text(ByteString(word.bytes)))' cannot be the name of a stage", atByte: word.offset(of: 0),
                expected: "a letter, then letters, digits, '_', '.' and '-'")
            return nil
        }
        let text = String(decoding: name, as: UTF8.self)
        guard text != "scratch", !stages.contains(where: { $0.name == text }) else {
            findings.report("the name '\(text)' is taken", atByte: word.offset(of: 0))
            return nil
        }
        return text
    }

    /// The name of the image that the next stage becomes.
    private mutating func imageName(_ name: String?) -> ByteString {
        guard let name else {
            return isLastStage ? table.mark("IMAGE", default: "app") : ByteString("stage\(stages.count)")
        }
        let isReserved = name == "config" || name.hasPrefix("sha256_") || name.hasPrefix("temp-snapshot-")
        return ByteString(isReserved ? "stage-\(name)" : name)
    }

    /// What the image is for, where that is not this machine.
    private mutating func platform(_ instruction: Instruction) -> ImageDraft.Platform? {
        guard let text = flag("platform", of: instruction), !text.isEmpty else { return nil }
        let parts = text.bytes.split(separator: ASCII.slash).map { ByteString($0) }
        let isPlain = { (part: ByteString) in
            part.bytes.allSatisfy { ASCII.continuesName($0) || $0 == 0x2d || $0 == 0x2e || $0 == 1 || $0 == 2 }
        }
        guard let os = parts.first, parts.count <= 3, parts.allSatisfy(isPlain), os != "..", parts.last != ".." else {
            findings.report("'\(Shown.text(table.withDefaults(text)))' is no platform", atByte: instruction.offset)
            return nil
        }
        let architecture = parts.count > 1 ? parts[1] : nil
        if os == "linux", architecture == nil || architecture == ByteString(self.architecture) { return nil }
        return ImageDraft.Platform(os: os, architecture: architecture)
    }

    /// Makes what the stage has said its last image.
    mutating func finishStage() {
        guard !stages.isEmpty else { return }
        makeWantedDirectories()
        var draft = stage.draft
        draft.name = stage.imageName
        draft.isBuildOnly = !isPastLastStage
        // An image that is only for building leaves its configuration behind.
        if !draft.isBuildOnly {
            draft.configuration = stage.configuration
            draft.configuration.environment = stage.scope.environment
            warnOfCommand()
        }
        images.append(draft)
    }

    /// stacker starts an image without a command where the file says none, whatever its base says.
    private mutating func warnOfCommand() {
        let configuration = stage.configuration
        guard stage.hasForeignBase, configuration.command == nil, configuration.entrypoint == nil else { return }
        findings.warn(
            "the command of the base image is not known here, and the image gets none: give it 'cmd' or 'entrypoint'",
            atByte: stage.offset)
    }
}
