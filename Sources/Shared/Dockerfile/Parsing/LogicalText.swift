/// The text of an instruction: its lines joined, comments between them taken out, with the way back to the file.
struct LogicalText: Hashable, Sendable {
    private(set) var bytes: [UInt8] = []
    /// Ascending; there is one for each line that was joined.
    private var pieces: [Piece] = []

    private struct Piece: Hashable, Sendable {
        /// Where it begins in the text.
        var start: Int
        /// Where that is in the file.
        var offset: Int
    }

    init() {}

    init(_ bytes: ArraySlice<UInt8>, at offset: Int) { append(bytes, at: offset) }

    mutating func append(_ more: ArraySlice<UInt8>, at offset: Int) {
        pieces.append(Piece(start: bytes.count, offset: offset))
        bytes += more
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Where lines begin that were joined to the one before.
    var joins: [Int] { pieces.dropFirst().map(\.start) }

    /// Where in the file a byte is; for the end of the text, behind the last one.
    func offset(of index: Int) -> Int {
        guard let first = pieces.first else { return 0 }
        let next = piece(behind: index)
        let piece = next > 0 ? pieces[next - 1] : first
        return piece.offset + max(0, index - piece.start)
    }

    /// The first piece that begins after a byte, or the number of pieces.
    private func piece(behind index: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = low + (high - low) / 2
            if pieces[middle].start <= index { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A part of the text, with the same places in the file.
    subscript(range: Range<Int>) -> LogicalText {
        let range = range.clamped(to: 0..<bytes.count)
        var part = LogicalText()
        part.append(bytes[range], at: offset(of: range.lowerBound))
        for piece in pieces[piece(behind: range.lowerBound)...] {
            guard piece.start < range.upperBound else { break }
            part.pieces.append(Piece(start: piece.start - range.lowerBound, offset: piece.offset))
        }
        return part
    }

    /// Without white space at both ends.
    var trimmed: LogicalText {
        let first = bytes.firstIndex { !ASCII.isSpace($0) } ?? bytes.count
        let end = (bytes.lastIndex { !ASCII.isSpace($0) } ?? (first - 1)) + 1
        return self[first..<max(first, end)]
    }

    /// The pieces between white space.
    var words: [LogicalText] {
        bytes.indices.split { ASCII.isSpace(bytes[$0]) }.compactMap { indices in
            indices.first.map { self[$0..<($0 + indices.count)] }
        }
    }
}
