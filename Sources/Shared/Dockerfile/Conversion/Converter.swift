import Diagnostics
import Stackerfile

/// Turns the instructions of a Dockerfile into images of a stacker.yaml.
///
/// An image of stacker.yaml takes its files before its script runs, so a stage becomes as many images, one upon the other, as
/// it changes from commands to files; only the last of the last stage is an output.
struct Converter<Tree: SourceTree> {
    var findings: TextFindings
    let tree: Tree
    /// Of this machine, in the words of Go.
    let architecture: String
    let limits: Limits
    let escape: UInt8
    var table = ArgumentTable()
    var global = VariableScope()
    var stages: [Stage] = []
    var images: [ImageDraft] = []
    var names: Set<ByteString> = []
    /// Variables that a warning was given for.
    var warned: Set<String> = []
    private var expandedBytes = 0
    private var expected = 0

    init(findings: TextFindings, tree: Tree, architecture: String, limits: Limits, escape: UInt8) {
        self.findings = findings
        self.tree = tree
        self.architecture = architecture
        self.limits = limits
        self.escape = escape
        for (name, value) in platformWords { global.predefined[name] = ByteString(value) }
    }

    /// What Docker knows of the platforms, which here are both this machine.
    var platformWords: [String: String] {
        [
            "BUILDPLATFORM": "linux/\(architecture)", "BUILDOS": "linux", "BUILDARCH": architecture,
            "TARGETPLATFORM": "linux/\(architecture)", "TARGETOS": "linux", "TARGETARCH": architecture,
            "BUILDVARIANT": "", "TARGETVARIANT": "",
        ]
    }

    mutating func convert(_ instructions: [Instruction]) {
        expected = instructions.count { $0.keyword == "FROM" }
        for instruction in instructions {
            if images.count > limits.dockerfileInstructions { break }
            convert(instruction)
        }
        finishStage()
        if stages.isEmpty, !findings.hasErrors {
            findings.report("the file has no FROM", atByte: 0, expected: "an instruction FROM")
        }
    }

    /// Whether the next stage is the last one.
    var isLastStage: Bool { stages.count + 1 == expected }

    /// Whether no stage comes after the last one that was read.
    var isPastLastStage: Bool { stages.count == expected }

    private mutating func convert(_ instruction: Instruction) {
        if instruction.keyword == "FROM" { return from(instruction) }
        if instruction.keyword == "ARG" { return argument(instruction) }
        guard Self.keywords.contains(instruction.keyword) else { return reportUnknown(instruction) }
        guard !stages.isEmpty else {
            return findings.report("\(instruction.keyword) stands before the first FROM", atByte: instruction.offset)
        }
        guard !instruction.text.isEmpty else {
            return findings.report("\(instruction.keyword) says nothing", atByte: instruction.offset)
        }
        guard !reportPlaceholder(instruction), !reportControl(instruction) else { return }
        switch instruction.keyword {
        case "RUN": run(instruction)
        case "COPY": copy(instruction)
        case "ADD": add(instruction)
        case "ENV": environment(instruction)
        case "LABEL": labels(instruction)
        case "WORKDIR": workingDirectory(instruction)
        case "USER": user(instruction)
        case "SHELL": shell(instruction)
        case "CMD", "ENTRYPOINT": command(instruction)
        case "EXPOSE": ports(instruction)
        case "VOLUME": volumes(instruction)
        case "STOPSIGNAL": stopSignal(instruction)
        case "HEALTHCHECK": healthCheck(instruction)
        default: maintainer(instruction)
        }
    }

    private static var keywords: [String] {
        [
            "RUN", "COPY", "ADD", "ENV", "LABEL", "WORKDIR", "USER", "SHELL", "CMD", "ENTRYPOINT", "EXPOSE", "VOLUME",
            "STOPSIGNAL", "HEALTHCHECK", "MAINTAINER",
        ]
    }

    /// What would be a substitution in stacker.yaml can not be written there as anything else.
    private mutating func reportPlaceholder(_ instruction: Instruction) -> Bool {
        let texts = [(instruction.text.bytes, 0)] + instruction.heredocs.map { ($0.raw, $0.offset) }
        for (bytes, offset) in texts {
            let start = bytes.indices.first { bytes[$0...].starts(with: "${{".utf8) }
            guard let start else { continue }
            findings.report(
                "'${{' would be a substitution in stacker.yaml",
                atByte: offset == 0 ? instruction.text.offset(of: start) : offset + start)
            return true
        }
        return false
    }

    /// Characters that strings of JSON can hold and stacker.yaml cannot; two of them are marks of arguments.
    private mutating func reportControl(_ instruction: Instruction) -> Bool {
        let text = instruction.text
        let end = text.bytes.firstIndex(where: ASCII.isSpace) ?? text.bytes.count
        let words = JSONWords.parse(text.bytes) ?? JSONWords.parse(text[end..<text.bytes.count].trimmed.bytes) ?? []
        let isControl = { (scalar: Unicode.Scalar) in
            switch scalar.value {
            case 0x09, 0x0a: false
            case 0..<0x20, 0x7f..<0xa0, 0x2028...0x2029, 0xfeff, 0xfffe...0xffff: true
            default: false
            }
        }
        guard
            words.contains(where: {
                String(decoding: $0.bytes, as: UTF8.self).unicodeScalars.contains(where: isControl)
            })
        else { return false }
        findings.report("a word holds a control character", atByte: text.offset(of: 0))
        return true
    }

    /// Refuses what would be more than one line, or hide something, in a name or path.
    mutating func isLine(_ text: ByteString, _ what: String, atByte offset: Int) -> Bool {
        let isControl = { (scalar: Unicode.Scalar) in
            switch scalar.value {
            // Marks of arguments.
            case 1, 2: false
            case 0..<0x20, 0x7f..<0xa0, 0x2028...0x2029: true
            default: false
            }
        }
        guard String(decoding: text.bytes, as: UTF8.self).unicodeScalars.contains(where: isControl) else { return true }
        findings.report(
            "\(what) '\(Shown.text(table.withDefaults(text)))' holds a control character", atByte: offset)
        return false
    }

    private mutating func reportUnknown(_ instruction: Instruction) {
        let word = Shown.text(ByteString(instruction.keyword))
        guard instruction.keyword != "ONBUILD" else {
            return findings.report(
                "unknown Dockerfile cmd: ONBUILD has no equivalent in stacker.yaml", atByte: instruction.offset)
        }
        findings.report(
            "unknown Dockerfile cmd: \(word)", atByte: instruction.offset,
            suggestion: Spelling.suggestion(
                for: ByteString(instruction.keyword), among: Self.keywords + ["FROM", "ARG"]))
    }

    // MARK: - Values

    /// The stage that is being read; only called where there is one.
    var stage: Stage {
        get { stages.last ?? Stage(name: nil, imageName: "", base: .scratch) }
        set { if !stages.isEmpty { stages[stages.count - 1] = newValue } }
    }

    /// A word with its variables replaced; `nil` where that cannot be, which is reported.
    mutating func expanded(_ text: LogicalText, in scope: VariableScope) -> ByteString? {
        do throws(VariableExpander.Problem) {
            let (result, unset) = try VariableExpander.expand(text.bytes, escape: escape, in: scope, &table)
            for name in unset.sorted() { warnOfUnset(name, text) }
            expandedBytes += result.count
            guard expandedBytes <= limits.dockerfileExpandedBytes else {
                findings.report(
                    "the variables of the file become more than \(limits.dockerfileExpandedBytes) bytes",
                    atByte: text.offset(of: 0), class: .limit)
                return nil
            }
            return result
        } catch {
            findings.report(error.message, atByte: text.offset(of: error.index))
            return nil
        }
    }

    mutating func expanded(_ text: LogicalText) -> ByteString? { expanded(text, in: stage.scope) }

    private mutating func warnOfUnset(_ name: String, _ text: LogicalText) {
        guard warned.insert(name).inserted else { return }
        let isForeign = stages.last?.hasForeignBase == true
        findings.warn(
            "'\(name)' is not set in this file, and is empty here"
                + (isForeign ? ": what the base image sets is not known" : ""), atByte: text.offset(of: 0))
    }

    /// Reports flags of an instruction that are not among those that are understood.
    mutating func checkFlags(_ instruction: Instruction, _ known: [String]) -> Bool {
        var isRight = true
        for flag in instruction.flags where !known.contains(flag.name) {
            isRight = false
            findings.report(
                "stacker converts no '--\(Shown.text(ByteString(flag.name)))' of \(instruction.keyword)",
                atByte: flag.offset, suggestion: Spelling.suggestion(for: ByteString(flag.name), among: known))
        }
        return isRight
    }

    /// The value of a flag; `nil` where it is not given or cannot be.
    mutating func flag(_ name: String, of instruction: Instruction) -> ByteString? {
        guard let flag = instruction.flags.last(where: { $0.name == name }) else { return nil }
        guard let value = flag.value else {
            findings.report("'--\(name)' has no value", atByte: flag.offset)
            return nil
        }
        return expanded(value, in: stages.last?.scope ?? global)
    }

    /// A name that no image has yet.
    mutating func unusedName(_ wanted: ByteString) -> ByteString {
        var name = wanted
        var number = 2
        while !names.insert(name).inserted {
            name = ByteString(wanted.bytes + Array("-\(number)".utf8))
            number += 1
        }
        return name
    }
}
