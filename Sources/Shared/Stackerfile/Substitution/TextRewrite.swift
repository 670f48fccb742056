/// A text that is edited again and again, and remembers where each of its bytes comes from.
struct TextRewrite {
    private(set) var bytes: [UInt8]
    /// Ascending by start, without gaps; of two that start together the first is empty.
    private(set) var pieces: [ExpandedText.Piece]
    private(set) var isChanged = false

    /// One replacement; without a kind something is taken out.
    struct Edit {
        var range: Range<Int>
        var text: [UInt8]
        var kind: ExpandedText.Piece.Kind?
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        pieces = [ExpandedText.Piece(start: 0, offset: 0, kind: .copy)]
    }

    /// Where in the file a byte of the text, or what it replaces, is.
    func fileOffset(of offset: Int) -> Int {
        let piece = pieces[piece(at: offset)]
        return piece.offset + (piece.kind == .copy ? offset - piece.start : 0)
    }

    /// What a byte of the text comes from, where that is not the file.
    func values(at offset: Int) -> Set<ExpandedText.Piece.Kind> {
        let kind = pieces[piece(at: offset)].kind
        return kind == .copy ? [] : [kind]
    }

    private func piece(at offset: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if pieces[middle].start <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// Makes edits that do not overlap, in ascending order.
    mutating func apply(_ edits: [Edit]) {
        var output: [UInt8] = []
        output.reserveCapacity(edits.reduce(bytes.count) { $0 + $1.text.count - $1.range.count })
        var result: [ExpandedText.Piece] = []
        var cursor = 0
        for edit in edits {
            copy(cursor..<edit.range.lowerBound, to: &output, &result)
            if let kind = edit.kind {
                result.append(
                    ExpandedText.Piece(
                        start: output.count, offset: fileOffset(of: edit.range.lowerBound), kind: kind))
                output += edit.text
            }
            cursor = edit.range.upperBound
        }
        copy(cursor..<bytes.count, to: &output, &result)
        (bytes, pieces, isChanged) = (output, result, true)
    }

    private func copy(_ range: Range<Int>, to output: inout [UInt8], _ result: inout [ExpandedText.Piece]) {
        var cursor = range.lowerBound
        var index = piece(at: cursor)
        while cursor < range.upperBound {
            let piece = pieces[index]
            let next = index + 1 < pieces.count ? pieces[index + 1].start : bytes.count
            let end = min(range.upperBound, max(next, cursor))
            index += 1
            guard end > cursor else { continue }
            let skipped = piece.kind == .copy ? cursor - piece.start : 0
            result.append(ExpandedText.Piece(start: output.count, offset: piece.offset + skipped, kind: piece.kind))
            output += bytes[cursor..<end]
            cursor = end
        }
    }
}
