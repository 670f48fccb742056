import Diagnostics

/// Words as a POSIX shell reads them back.
enum ShellQuote {
    /// The word itself where the shell takes no character of it for another, else in single quotes.
    static func word(_ word: ByteString) -> ByteString {
        let isPlain = !word.isEmpty && word.bytes.allSatisfy { ASCII.continuesName($0) || plain.contains($0) }
        // A name before a = could be taken for an assignment.
        let isAssignment = word.bytes.firstIndex(of: ASCII.equals).map { ASCII.isName(word.bytes[..<$0]) } ?? false
        if isPlain, !isAssignment { return word }
        return quoted(word)
    }

    /// In single quotes, whatever it is.
    static func quoted(_ word: ByteString) -> ByteString {
        var result: [UInt8] = [ASCII.quote]
        for byte in word.bytes {
            if byte == ASCII.quote { result += Array("'\\''".utf8) } else { result.append(byte) }
        }
        return ByteString(result + [ASCII.quote])
    }

    static func words(_ words: [ByteString]) -> ByteString {
        ByteString(Array(words.map { word($0).bytes }.joined(separator: [ASCII.space])))
    }

    private static let plain = Array("/._-+:@%,=".utf8)
}
