/// How far quotes and expansions of a shell reach.
enum ShellSpan {
    /// Where what begins with a quote, a backslash or a dollar sign ends.
    ///
    /// - Returns: `nil` where it does not end, or holds a command of more than one part, which is nothing to look into.
    static func end(of start: Int, in bytes: [UInt8], depth: Int = 0) -> Int? {
        guard depth < 20, start < bytes.count else { return nil }
        switch bytes[start] {
        case ASCII.backslash: return start + 2 <= bytes.count ? start + 2 : nil
        case ASCII.quote: return bytes[(start + 1)...].firstIndex(of: ASCII.quote).map { $0 + 1 }
        case ASCII.doubleQuote: return endOfDoubleQuotes(start, in: bytes, depth)
        default: return endOfDollar(start, in: bytes, depth)
        }
    }

    private static func endOfDoubleQuotes(_ start: Int, in bytes: [UInt8], _ depth: Int) -> Int? {
        var index = start + 1
        while index < bytes.count {
            switch bytes[index] {
            case ASCII.doubleQuote: return index + 1
            case ASCII.backtick: return nil
            case ASCII.backslash: index += 2
            case ASCII.dollar:
                guard let end = endOfDollar(index, in: bytes, depth) else { return nil }
                index = end
            default: index += 1
            }
        }
        return nil
    }

    private static func endOfDollar(_ start: Int, in bytes: [UInt8], _ depth: Int) -> Int? {
        let next = start + 1
        guard next < bytes.count else { return next }
        switch bytes[next] {
        case 0x28: return endOfCommand(next + 1, in: bytes, depth)
        case ASCII.openBrace:
            // Quotes in it could mean different things; without any the end is plain.
            guard let end = bytes[next...].firstIndex(of: ASCII.closeBrace) else { return nil }
            let isPlain = bytes[(next + 1)..<end].allSatisfy {
                ![
                    ASCII.quote, ASCII.doubleQuote, ASCII.backslash, ASCII.dollar, ASCII.backtick, 0x3b, 0x28, 0x26,
                    0x7c,
                ]
                .contains($0)
            }
            return isPlain ? end + 1 : nil
        case ASCII.quote where depth == 0: return nil
        default: return next
        }
    }

    /// A substitution of one command, or of several with a pipe or `&&` between them.
    private static func endOfCommand(_ start: Int, in bytes: [UInt8], _ depth: Int) -> Int? {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case 0x29: return index + 1
            case 0x28, 0x3b, ASCII.newline, ASCII.backtick, ASCII.hash, 0x3c: return nil
            case ASCII.quote, ASCII.doubleQuote, ASCII.backslash, ASCII.dollar:
                guard let end = end(of: index, in: bytes, depth: depth + 1) else { return nil }
                index = end
            default: index += 1
            }
        }
        return nil
    }
}
