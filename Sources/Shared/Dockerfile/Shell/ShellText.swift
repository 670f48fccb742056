import Diagnostics

/// The command line of an instruction as a person would write it into a script.
enum ShellText {
    /// The text, with the line breaks that the file has, where a shell takes them away as the Dockerfile does.
    ///
    /// In single quotes and in comments a shell would keep them; from there on the text is one line.
    static func withLineBreaks(_ text: LogicalText) -> ByteString {
        let bytes = text.bytes
        let joins = Set(text.joins)
        var result: [UInt8] = []
        var quote: UInt8?
        var isKept = false
        var index = 0
        while index < bytes.count {
            if !isKept, quote != ASCII.quote, joins.contains(index) { result += [ASCII.backslash, ASCII.newline] }
            let byte = bytes[index]
            result.append(byte)
            switch (byte, quote) {
            // The character behind it is no quote, and a line that is joined here would lose its backslash.
            case (ASCII.backslash, nil), (ASCII.backslash, ASCII.doubleQuote):
                guard index + 1 < bytes.count, !joins.contains(index + 1) else {
                    isKept = true
                    break
                }
                index += 1
                result.append(bytes[index])
            case (ASCII.quote, nil), (ASCII.doubleQuote, nil): quote = byte
            case (ASCII.quote, ASCII.quote), (ASCII.doubleQuote, ASCII.doubleQuote): quote = nil
            // Single quotes of a command in double quotes, and comments: what follows is not looked into.
            case (ASCII.quote, ASCII.doubleQuote), (ASCII.backtick, _): isKept = true
            case (ASCII.hash, nil) where index == 0 || !ASCII.continuesName(bytes[index - 1]): isKept = true
            default: break
            }
            index += 1
        }
        return ByteString(result)
    }
}
