import Diagnostics

/// Strings as YAML that means just them.
enum YAMLScalarText {
    /// A string on one line: as it is, in single quotes or in double quotes.
    static func line(_ text: ByteString) -> ByteString {
        if isPlain(text.bytes) { return text }
        guard text.bytes.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return doubleQuoted(text) }
        return singleQuoted(text)
    }

    static func singleQuoted(_ text: ByteString) -> ByteString {
        ByteString([ASCII.quote] + text.bytes.flatMap { $0 == ASCII.quote ? [$0, $0] : [$0] } + [ASCII.quote])
    }

    static func doubleQuoted(_ text: ByteString) -> ByteString {
        var result: [UInt8] = [ASCII.doubleQuote]
        for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5c: result += [ASCII.backslash, UInt8(truncatingIfNeeded: scalar.value)]
            case 0x0a: result += Array("\\n".utf8)
            case 0x09: result += Array("\\t".utf8)
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0xfeff: result += Array(escaped(scalar.value).utf8)
            default: result += Array(UTF8.encode(scalar) ?? .init())
            }
        }
        return ByteString(result + [ASCII.doubleQuote])
    }

    private static func escaped(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// Whether several lines can stand as they are in a block.
    static func canBeBlock(_ text: ByteString) -> Bool {
        guard text.bytes.contains(ASCII.newline), let first = text.bytes.first, !ASCII.isSpace(first),
            text.bytes.last != ASCII.newline
        else { return false }
        return String(decoding: text.bytes, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0a, 0x20..<0x7f, 0xa0..<0x2028, 0x202a..<0xd800, 0xe000..<0xfeff, 0xff00..<0xfffe,
                0x1_0000...0x10_ffff:
                true
            default: false
            }
        }
    }

    /// Whether no part of it could be taken for anything but a string, in a block.
    private static func isPlain(_ text: [UInt8]) -> Bool {
        guard let first = text.first, let last = text.last, last != ASCII.space, last != 0x3a, text.count <= 1_000
        else { return false }
        let beginsWell =
            ASCII.isLetter(first) || [ASCII.slash, 0x5f, 0x28].contains(first)
            || (first == 0x2e && text.count > 1 && (text[1] == ASCII.slash || text[1] == 0x2e))
        guard beginsWell, text.allSatisfy({ (0x20..<0x7f).contains($0) }) else { return false }
        for (byte, next) in zip(text, text.dropFirst()) {
            if byte == 0x3a, next == ASCII.space { return false }
            if byte == ASCII.space, next == ASCII.hash { return false }
        }
        let words = ["y", "n", "yes", "no", "true", "false", "on", "off", "null"]
        return !words.contains(String(decoding: ASCII.lowercased(text), as: UTF8.self))
    }
}
