import Diagnostics
import Stackerfile

/// Reads the lines of a Dockerfile as instructions.
///
/// Source: Dockerfile reference of Docker 28 (format, parser directives, here-documents), and the parser of BuildKit where
/// that is silent.
struct DockerfileParser {
    private let bytes: [UInt8]
    private let limits: Limits
    var findings: TextFindings
    private var offset = 0
    /// What joins lines and takes the meaning of the next character.
    private(set) var escape = ASCII.backslash

    init(_ bytes: [UInt8], limits: Limits, findings: TextFindings) {
        self.bytes = bytes
        self.limits = limits
        self.findings = findings
    }

    /// All instructions; what cannot be read is reported and left out.
    mutating func instructions() -> [Instruction] {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
        readDirectives()
        var result: [Instruction] = []
        while let line = nextLine() {
            let content = line.trimmed
            if content.isEmpty || content.bytes.first == ASCII.hash { continue }
            guard result.count < limits.dockerfileInstructions else {
                findings.report(
                    "more than \(limits.dockerfileInstructions) instructions", atByte: content.offset(of: 0),
                    class: .limit)
                break
            }
            let whole = joined(content).trimmed
            if !whole.isEmpty, let instruction = instruction(whole) { result.append(instruction) }
        }
        return result
    }

    /// The next line without its end; `nil` at the end of the file.
    private mutating func nextLine() -> LogicalText? {
        guard offset < bytes.count else { return nil }
        let start = offset
        let end = bytes[start...].firstIndex(of: ASCII.newline) ?? bytes.count
        offset = end < bytes.count ? end + 1 : end
        let hasReturn = end > start && bytes[end - 1] == 0x0d
        return LogicalText(bytes[start..<(hasReturn ? end - 1 : end)], at: start)
    }

    // MARK: - Directives

    /// Comments of the form `# name=value` at the very beginning.
    private mutating func readDirectives() {
        var seen: Set<String> = []
        while true {
            let before = offset
            guard let line = nextLine(), let (name, value) = Self.directive(line) else {
                offset = before
                return
            }
            guard ["escape", "syntax", "check"].contains(name) else {
                offset = before
                return
            }
            if !seen.insert(name).inserted {
                findings.report("the directive '\(name)' is given twice", atByte: line.offset(of: 0))
            }
            guard name == "escape" else { continue }
            if value.bytes == [ASCII.backslash] || value.bytes == [ASCII.backtick] {
                escape = value.bytes[0]
            } else {
                findings.report(
                    "the escape character cannot be '\(ByteString(value.bytes))'", atByte: value.offset(of: 0),
                    expected: "\\ or `")
            }
        }
    }

    private static func directive(_ line: LogicalText) -> (name: String, value: LogicalText)? {
        let line = line.trimmed
        guard line.bytes.first == ASCII.hash, let equals = line.bytes.firstIndex(of: ASCII.equals) else { return nil }
        let name = line[1..<equals].trimmed.bytes
        guard !name.isEmpty, name.allSatisfy(ASCII.isLetter) else { return nil }
        let value = line[(equals + 1)..<line.bytes.count].trimmed
        return (String(decoding: ASCII.lowercased(name), as: UTF8.self), value)
    }

    // MARK: - Instructions

    /// The line and those that continue it, without the comments and empty lines among them.
    private mutating func joined(_ first: LogicalText) -> LogicalText {
        guard var end = Self.continuation(first, escape) else { return first }
        var text = LogicalText()
        text.append(first.bytes[..<end], at: first.offset(of: 0))
        while let line = nextLine() {
            let content = line.trimmed
            if content.isEmpty || content.bytes.first == ASCII.hash { continue }
            guard let next = Self.continuation(line, escape) else {
                text.append(line.bytes[...], at: line.offset(of: 0))
                break
            }
            end = next
            text.append(line.bytes[..<end], at: line.offset(of: 0))
        }
        return text
    }

    /// Where the character that continues the line is; one that is escaped itself does not.
    private static func continuation(_ line: LogicalText, _ escape: UInt8) -> Int? {
        guard let last = line.bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }), line.bytes[last] == escape else {
            return nil
        }
        return last > 0 && line.bytes[last - 1] == escape ? nil : last
    }

    private mutating func instruction(_ line: LogicalText) -> Instruction? {
        let end = line.bytes.firstIndex(where: ASCII.isSpace) ?? line.bytes.count
        let keyword = String(decoding: ASCII.uppercased(line.bytes[..<end]), as: UTF8.self)
        let (flags, text) = InstructionFlags.split(line[end..<line.bytes.count].trimmed, escape: escape)
        var instruction = Instruction(
            keyword: keyword, offset: line.offset(of: 0), flags: flags, text: text, heredocs: [])
        guard ["RUN", "COPY", "ADD"].contains(keyword), JSONWords.parse(text.bytes) == nil else { return instruction }
        var heredocs: [Instruction.Heredoc] = []
        for opening in HeredocOpening.all(in: text) {
            guard let heredoc = heredoc(opening) else {
                findings.report(
                    "the here-document '\(Shown.text(ByteString(opening.name)))' has no end",
                    atByte: text.offset(of: opening.word.lowerBound), expected: "a line that is just \(opening.name)")
                return nil
            }
            heredocs.append(heredoc)
        }
        instruction = Instruction(
            keyword: keyword, offset: instruction.offset, flags: flags, text: text, heredocs: heredocs)
        return instruction
    }

    private mutating func heredoc(_ opening: HeredocOpening) -> Instruction.Heredoc? {
        let start = offset
        var body: [UInt8] = []
        while let line = nextLine() {
            let content = opening.stripsTabs ? line.bytes.drop { $0 == 0x09 } : line.bytes[...]
            if content.elementsEqual(opening.name.utf8) {
                return Instruction.Heredoc(
                    name: opening.name, expands: opening.expands, body: body, offset: start,
                    raw: Array(bytes[start..<offset]), word: opening.word)
            }
            body += content
            body.append(ASCII.newline)
        }
        return nil
    }
}
