/// Words between white space, where white space in quotes and behind an escape character does not count.
enum QuotedWords {
    static func first(in bytes: [UInt8], escape: UInt8) -> Range<Int>? {
        ranges(in: bytes, escape: escape, atMost: 1).first
    }

    /// Where they are; quotes and escape characters are still in them.
    static func ranges(in bytes: [UInt8], escape: UInt8, atMost most: Int = .max) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        var quote: UInt8?
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if ASCII.isSpace(byte), quote == nil {
                if let first = start { ranges.append(first..<index) }
                if ranges.count >= most { return ranges }
                start = nil
                index += 1
                continue
            }
            if start == nil { start = index }
            if byte == escape, quote != ASCII.quote {
                index = min(index + 2, bytes.count)
                continue
            }
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == ASCII.quote || byte == ASCII.doubleQuote {
                quote = byte
            }
            index += 1
        }
        if let first = start { ranges.append(first..<bytes.count) }
        return ranges
    }

    static func split(_ text: LogicalText, escape: UInt8) -> [LogicalText] {
        ranges(in: text.bytes, escape: escape).map { text[$0] }
    }
}
