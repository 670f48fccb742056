/// A word such as `<<EOF`, `<<-EOF` or `3<<"EOF"`, which announces a here-document.
struct HeredocOpening: Sendable {
    var name: String
    var expands: Bool
    var stripsTabs: Bool
    /// Where it is in the text.
    var word: Range<Int>

    /// Those of a line, in order.
    static func all(in text: LogicalText) -> [HeredocOpening] {
        guard text.bytes.contains(0x3c) else { return [] }
        return QuotedWords.ranges(in: text.bytes, escape: ASCII.backslash).compactMap { range in
            opening(text.bytes[range], at: range)
        }
    }

    private static func opening(_ word: ArraySlice<UInt8>, at range: Range<Int>) -> HeredocOpening? {
        var rest = word.drop(while: ASCII.isDigit)
        guard rest.starts(with: [0x3c, 0x3c]) else { return nil }
        rest = rest.dropFirst(2)
        let stripsTabs = rest.first == 0x2d
        if stripsTabs { rest = rest.dropFirst() }
        guard !rest.isEmpty, !rest.contains(0x3c) else { return nil }
        let isQuoted = rest.contains { $0 == ASCII.quote || $0 == ASCII.doubleQuote }
        let name = rest.filter { $0 != ASCII.quote && $0 != ASCII.doubleQuote }
        // What is no plain word is left to the shell.
        guard !name.isEmpty, name.allSatisfy({ ASCII.continuesName($0) || $0 == 0x2d || $0 == 0x2e }) else {
            return nil
        }
        return HeredocOpening(
            name: String(decoding: name, as: UTF8.self), expands: !isQuoted, stripsTabs: stripsTabs, word: range)
    }
}
