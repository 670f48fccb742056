/// One line of a file as a terminal can show it, and where the caret under it goes.
public struct Excerpt: Hashable, Sendable {
    /// Tabs are spaces, what a terminal must not see is `\xNN`, and a long line is cut around the caret.
    public let text: String
    /// Terminal columns before the caret.
    public let caret: Int

    /// Terminal columns of a line that is shown whole.
    private static let width = 100
    /// Terminal columns that a cut line keeps before the caret.
    private static let lead = 50
    private static let tabWidth = 4

    public init(of source: SourceText, at mark: Mark) {
        let line = source.line(around: mark.offset)
        let middle = min(max(mark.offset, line.lowerBound), line.upperBound)
        // Enough bytes for the columns of a cut line: a line of megabytes is not walked for one excerpt.
        let span = 4 * Self.width
        var first = max(line.lowerBound, middle - span)
        let isCutAtStart = first > line.lowerBound
        // Not in the middle of a character.
        while isCutAtStart, first < middle, source.bytes[first] & 0xc0 == 0x80 { first += 1 }
        let end = min(line.upperBound, middle + span)
        let before = Self.pieces(source.bytes, first..<middle)
        let after = Self.pieces(source.bytes, middle..<end)

        var shown = before[...]
        var columns = shown.reduce(0) { $0 + $1.width }
        let isTooWide = columns + after.reduce(0) { $0 + $1.width } > Self.width
        let isCutLeft = isCutAtStart || (isTooWide && columns > Self.lead)
        while isCutLeft, columns > Self.lead, let piece = shown.first {
            columns -= piece.width
            shown = shown.dropFirst()
        }
        var text = (isCutLeft ? "…" : "") + shown.map(\.text).joined()
        caret = columns + (isCutLeft ? 1 : 0)

        var used = caret
        var isCutRight = end < line.upperBound
        for piece in after {
            guard used + piece.width <= Self.width else {
                isCutRight = true
                break
            }
            text += piece.text
            used += piece.width
        }
        self.text = text + (isCutRight ? "…" : "")
    }

    private static func pieces(_ bytes: [UInt8], _ range: Range<Int>) -> [(text: String, width: Int)] {
        var pieces: [(String, Int)] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let (scalar, length) = UTF8Text.scalar(at: offset, in: bytes)
            defer { offset += length }
            if scalar == "\t" {
                pieces.append((String(repeating: " ", count: tabWidth), tabWidth))
                continue
            }
            let text = ByteString(bytes[offset..<min(offset + length, bytes.count)]).description
            let isEscape = text.utf8.count > length
            pieces.append((text, isEscape ? text.utf8.count : scalar.map(terminalColumns) ?? 1))
        }
        return pieces
    }

    /// How many columns a terminal gives a character.
    ///
    /// Source: Unicode Standard Annex 11, the ranges that are wide or full-width throughout.
    private static func terminalColumns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0xa4cf, 0xac00...0xd7a3,
            0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1_f300...0x1_f64f,
            0x1_f900...0x1_f9ff, 0x2_0000...0x3_fffd:
            return 2
        default: return 1
        }
    }
}
