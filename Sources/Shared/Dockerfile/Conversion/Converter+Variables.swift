import Diagnostics
import Stackerfile

extension Converter {
    /// Reads `ARG NAME=DEFAULT`.
    mutating func argument(_ instruction: Instruction) {
        let words = QuotedWords.split(instruction.text, escape: escape)
        guard !words.isEmpty else { return findings.report("ARG says nothing", atByte: instruction.offset) }
        for word in words {
            let end = word.bytes.firstIndex(of: ASCII.equals)
            guard ASCII.isName(word.bytes[..<(end ?? word.bytes.count)]) else {
                findings.report(
                    "'\(Shown.text(ByteString(word.bytes)))' names no argument", atByte: word.offset(of: 0),
                    expected: "ARG NAME, or ARG NAME=DEFAULT")
                continue
            }
            let name = String(decoding: word.bytes[..<(end ?? word.bytes.count)], as: UTF8.self)
            let scope = stages.last?.scope ?? global
            let given = end.flatMap { expanded(word[($0 + 1)..<word.bytes.count], in: scope) }
            guard !stages.isEmpty else {
                global.declare(name, given)
                continue
            }
            let value = given ?? global.argument(name)?.value ?? platformWords[name].map { ByteString($0) }
            stage.scope.declare(name, value)
        }
    }

    /// Reads `ENV NAME=VALUE`, or the older `ENV NAME VALUE`.
    mutating func environment(_ instruction: Instruction) {
        // What one instruction sets, the others of the same do not see.
        let before = stage.scope
        for (name, value) in pairs(instruction) {
            guard let name = text(name, in: before), let value = text(value, in: before) else { continue }
            guard ASCII.isName(name.bytes) else {
                findings.report(
                    "'\(Shown.text(name))' cannot be the name of a variable", atByte: instruction.offset)
                continue
            }
            stage.scope.environment.set(name, value)
        }
    }

    mutating func labels(_ instruction: Instruction) {
        for (name, value) in pairs(instruction) {
            guard let name = expanded(name), let value = expanded(value) else { continue }
            guard !name.isEmpty else {
                findings.report("a label has no name", atByte: instruction.offset)
                continue
            }
            guard isLine(name, "the label", atByte: instruction.offset) else { continue }
            stage.configuration.labels.set(name, value)
        }
    }

    /// A value in which the PATH of a base that is not known here is the usual one.
    private mutating func text(_ text: LogicalText, in scope: VariableScope) -> ByteString? {
        var scope = scope
        if scope.environment["PATH"] == nil, scope.argument("PATH") == nil {
            scope.predefined["PATH"] = ByteString(Self.usualPath)
            let usesPath = text.bytes.split(separator: ASCII.dollar).dropFirst().contains {
                $0.starts(with: "PATH".utf8) || $0.starts(with: "{PATH".utf8)
            }
            if usesPath, stage.hasForeignBase, warned.insert("PATH").inserted {
                findings.warn(
                    "the PATH of the base image is not known, and taken to be the usual one", atByte: text.offset(of: 0)
                )
            }
        }
        return expanded(text, in: scope)
    }

    static var usualPath: String { "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" }

    /// Names and values of ENV and LABEL.
    private mutating func pairs(_ instruction: Instruction) -> [(LogicalText, LogicalText)] {
        let words = QuotedWords.split(instruction.text, escape: escape)
        guard let first = words.first, first.bytes.contains(ASCII.equals) else {
            let text = instruction.text
            let end = text.bytes.firstIndex(where: ASCII.isSpace) ?? text.bytes.count
            let value = text[end..<text.bytes.count].trimmed
            if value.isEmpty {
                findings.report(
                    "\(instruction.keyword) gives '\(Shown.text(ByteString(text.bytes)))' no value",
                    atByte: instruction.offset, expected: "NAME=VALUE")
                return []
            }
            return [(text[0..<end], value)]
        }
        return words.compactMap { word in
            guard let equals = word.bytes.firstIndex(of: ASCII.equals) else {
                findings.report(
                    "'\(Shown.text(ByteString(word.bytes)))' has no =", atByte: word.offset(of: 0),
                    expected: "NAME=VALUE")
                return nil
            }
            return (word[0..<equals], word[(equals + 1)..<word.bytes.count])
        }
    }
}
