import Diagnostics

/// The text of a file after substitution, with the way from each byte of it back to the file.
struct ExpandedText: Hashable, Sendable {
    /// The file itself.
    let original: SourceText
    /// What is parsed.
    let text: SourceText
    /// Ascending and without gaps; empty where nothing was substituted.
    private let pieces: [Piece]

    /// Bytes of the text that come from one place.
    struct Piece: Hashable, Sendable {
        /// Where it begins in the text.
        var start: Int
        /// Where that is in the file: for a copy its first byte, for a value its placeholder.
        var offset: Int
        var kind: Kind

        enum Kind: Hashable, Sendable {
            case copy
            /// The value of a pair, by its number.
            case value(Int)
            /// What stands for a placeholder that has no value.
            case missing
        }
    }

    /// A file in which nothing is substituted.
    init(_ source: SourceText) {
        original = source
        text = source
        pieces = []
    }

    init(_ original: SourceText, substituted bytes: [UInt8], pieces: [Piece]) {
        self.original = original
        text = SourceText(bytes)
        self.pieces = pieces
    }

    /// The place in the file of a character of the text, counted from 0 after a byte order mark.
    func mark(atScalar index: Int) -> Mark {
        let mark = text.mark(atScalar: index)
        return pieces.isEmpty ? mark : original.mark(atByte: fileOffset(of: mark.offset))
    }

    /// The place in the file of a byte of the text.
    func mark(ofTextOffset offset: Int) -> Mark {
        pieces.isEmpty ? text.mark(atByte: offset) : original.mark(atByte: fileOffset(of: offset))
    }

    /// What was put where two characters of the text stand, and between them.
    func substituted(fromScalar first: Int, toScalar last: Int) -> Set<Piece.Kind> {
        guard !pieces.isEmpty else { return [] }
        return substituted(in: text.mark(atScalar: first).offset..<text.mark(atScalar: max(first, last)).offset)
    }

    /// What was put where a byte of the text stands.
    func substituted(atByte offset: Int) -> Set<Piece.Kind> { substituted(in: offset..<offset) }

    private func substituted(in range: Range<Int>) -> Set<Piece.Kind> {
        guard !pieces.isEmpty else { return [] }
        var kinds: Set<Piece.Kind> = []
        for piece in pieces[self.piece(at: range.lowerBound)...] {
            if piece.start >= max(range.upperBound, range.lowerBound + 1) || kinds.count > Self.mostKinds { break }
            if piece.kind != .copy { kinds.insert(piece.kind) }
        }
        return kinds
    }

    /// More than a message would name.
    private static let mostKinds = 8

    private func fileOffset(of offset: Int) -> Int {
        let piece = pieces[self.piece(at: offset)]
        return piece.kind == .copy ? piece.offset + max(0, offset - piece.start) : piece.offset
    }

    /// The piece that holds a byte of the text, or the last one; there is one.
    private func piece(at offset: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if pieces[middle].start <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
