import Diagnostics

/// Splits a command line into words as a POSIX shell does, without expanding anything.
///
/// Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting.
enum ShellWords {
    /// A line that a shell would wait to see continued.
    enum Unfinished: Error, Hashable {
        case singleQuote, doubleQuote, backslash
    }

    static func split(_ line: ByteString) throws(Unfinished) -> [ByteString] {
        var words: [ByteString] = []
        // Nil between words: quotes can make a word that is empty.
        var word: [UInt8]?
        var rest = line.bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case 0x20, 0x09, 0x0a, 0x0d:
                if let finished = word { words.append(ByteString(finished)) }
                word = nil
            case 0x27:
                guard let end = rest.firstIndex(of: 0x27) else { throw .singleQuote }
                word = (word ?? []) + rest[..<end]
                rest = rest[(end + 1)...]
            case 0x22: word = (word ?? []) + (try doubleQuoted(&rest))
            case 0x5c:
                guard let escaped = rest.popFirst() else { throw .backslash }
                // A backslash before a line break joins the lines.
                if escaped != 0x0a { word = (word ?? []) + [escaped] }
            default: word = (word ?? []) + [byte]
            }
        }
        if let word { words.append(ByteString(word)) }
        return words
    }

    /// The text up to the closing quote, in which a backslash is special before some characters only.
    private static func doubleQuoted(_ rest: inout ArraySlice<UInt8>) throws(Unfinished) -> [UInt8] {
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            switch (byte, rest.first) {
            case (0x22, _): return text
            case (0x5c, .some(0x0a)): rest = rest.dropFirst()
            case (0x5c, .some(let escaped)) where [0x22, 0x5c, 0x24, 0x60].contains(escaped):
                text.append(escaped)
                rest = rest.dropFirst()
            default: text.append(byte)
            }
        }
        throw .doubleQuote
    }
}
