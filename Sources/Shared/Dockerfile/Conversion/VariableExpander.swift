import Diagnostics
import Stackerfile

/// Replaces variables in a word of a Dockerfile and takes its quotes away.
///
/// Source: Dockerfile reference of Docker 28, "Environment replacement", and BuildKit's shell package.
struct VariableExpander {
    struct Problem: Error {
        var message: String
        /// Where in the text.
        var index: Int
    }

    private let bytes: [UInt8]
    private let escape: UInt8
    private let scope: VariableScope
    private var table: ArgumentTable
    private var unset: Set<String> = []
    private var index = 0

    /// Bytes of one value: more than the kernel takes of an argument or variable makes no sense.
    static let longest = 65_536

    /// The text in which variables are replaced, and the names in it that nothing sets.
    static func expand(
        _ bytes: [UInt8], escape: UInt8, in scope: VariableScope, _ table: inout ArgumentTable
    ) throws(Problem) -> (text: ByteString, unset: Set<String>) {
        var expander = VariableExpander(bytes: bytes, escape: escape, scope: scope, table: table)
        let result = try expander.text(until: nil, depth: 0)
        table = expander.table
        return (ByteString(result), expander.unset)
    }

    private init(bytes: [UInt8], escape: UInt8, scope: VariableScope, table: ArgumentTable) {
        self.bytes = bytes
        self.escape = escape
        self.scope = scope
        self.table = table
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func text(until end: UInt8?, depth: Int) throws(Problem) -> [UInt8] {
        guard depth < 20 else { throw Problem(message: "variables are nested too deeply", index: index) }
        var result: [UInt8] = []
        while let byte = next, byte != end {
            switch byte {
            case ASCII.quote: result += try singleQuoted()
            case ASCII.doubleQuote: result += try doubleQuoted(depth)
            case ASCII.dollar: result += try dollar(depth)
            case escape:
                index += 1
                if let escaped = next {
                    result.append(escaped)
                    index += 1
                }
            default:
                result.append(byte)
                index += 1
            }
            try check(result)
        }
        return result
    }

    private func check(_ result: [UInt8]) throws(Problem) {
        if result.count > Self.longest {
            throw Problem(message: "this becomes longer than \(Self.longest) bytes", index: min(index, bytes.count))
        }
    }

    private mutating func singleQuoted() throws(Problem) -> [UInt8] {
        let start = index
        guard let end = bytes[(start + 1)...].firstIndex(of: ASCII.quote) else {
            throw Problem(message: "a ' is not closed here", index: start)
        }
        index = end + 1
        return Array(bytes[(start + 1)..<end])
    }

    private mutating func doubleQuoted(_ depth: Int) throws(Problem) -> [UInt8] {
        let start = index
        index += 1
        var result: [UInt8] = []
        while let byte = next {
            switch byte {
            case ASCII.doubleQuote:
                index += 1
                return result
            case ASCII.dollar: result += try dollar(depth)
            case escape:
                index += 1
                guard let escaped = next else { break }
                if ![ASCII.doubleQuote, ASCII.dollar, escape].contains(escaped) { result.append(byte) }
                result.append(escaped)
                index += 1
            default:
                result.append(byte)
                index += 1
            }
            try check(result)
        }
        throw Problem(message: "a \" is not closed here", index: start)
    }

    private mutating func dollar(_ depth: Int) throws(Problem) -> [UInt8] {
        let start = index
        index += 1
        guard let byte = next else { return [ASCII.dollar] }
        if byte == ASCII.openBrace {
            index += 1
            return try braced(from: start, depth)
        }
        guard ASCII.beginsName(byte) else {
            // Positional and special parameters, of which there are none.
            guard ASCII.isDigit(byte) || Array("@*#?-!".utf8).contains(byte) else { return [ASCII.dollar] }
            index += 1
            return []
        }
        return value(of: name())
    }

    private mutating func name() -> String {
        let rest = bytes[index...].prefix(while: ASCII.continuesName)
        index += rest.count
        return String(decoding: rest, as: UTF8.self)
    }

    private mutating func value(of name: String) -> [UInt8] {
        switch scope[name] {
        case .text(let text): return text.bytes
        case .argument(let value): return table.mark(name, default: value ?? "").bytes
        case .unset:
            unset.insert(name)
            return []
        }
    }

    private mutating func braced(from start: Int, _ depth: Int) throws(Problem) -> [UInt8] {
        let name = name()
        guard !name.isEmpty else { throw Problem(message: "this is no variable", index: start) }
        var isColon = false
        if next == 0x3a {
            isColon = true
            index += 1
        }
        guard let kind = next else { throw Problem(message: "a { is not closed here", index: start) }
        index += 1
        if kind == ASCII.closeBrace, !isColon { return value(of: name) }
        guard [0x2d, 0x2b, 0x3f].contains(kind) else {
            throw Problem(message: "stacker converts no '${\(name)…}' of this kind", index: start)
        }
        let word = try text(until: ASCII.closeBrace, depth: depth + 1)
        guard next == ASCII.closeBrace else { throw Problem(message: "a { is not closed here", index: start) }
        index += 1
        return try modified(name, kind, word, emptyIsUnset: isColon, start)
    }

    private mutating func modified(
        _ name: String, _ kind: UInt8, _ word: [UInt8], emptyIsUnset: Bool, _ start: Int
    ) throws(Problem) -> [UInt8] {
        let value = scope[name]
        let isSet: Bool
        switch value {
        case .text(let text): isSet = !(emptyIsUnset && text.isEmpty)
        case .argument(let text): isSet = text.map { !(emptyIsUnset && $0.isEmpty) } ?? false
        case .unset: isSet = false
        }
        switch (kind, value) {
        case (0x2b, .argument):
            throw Problem(
                message: "'\(name)' is known when the image is built, and not when the file is converted", index: start)
        case (0x2b, _): return isSet ? word : []
        // What is given when the image is built counts, and else the word.
        case (0x2d, .argument) where !isSet: return table.mark(name, default: ByteString(word)).bytes
        case (0x2d, _) where !isSet: return word
        case (0x3f, _) where !isSet:
            let message = Shown.text(ByteString(word))
            throw Problem(message: "'\(name)' is not set\(word.isEmpty ? "" : ": \(message)")", index: start)
        default: return self.value(of: name)
        }
    }
}
