import Diagnostics

/// Which texts of a file come from substitutions, by where the file has their placeholders.
struct ValueOrigins: Hashable, Sendable {
    var pairs: [Substitutions.Pair] = []
    private var kinds: [Int: Set<ExpandedText.Piece.Kind>] = [:]

    /// Notes that the text at a place has values in it.
    mutating func note(_ more: Set<ExpandedText.Piece.Kind>, at mark: Mark) {
        guard !more.isEmpty else { return }
        kinds[mark.offset, default: []].formUnion(more)
    }

    subscript(mark: Mark) -> Set<ExpandedText.Piece.Kind> { kinds[mark.offset] ?? [] }

    /// Says of each value where it comes from.
    func sources(of kinds: Set<ExpandedText.Piece.Kind>) -> [String] {
        let numbers = kinds.compactMap { kind -> Int? in
            guard case .value(let number) = kind, pairs.indices.contains(number) else { return nil }
            return number
        }
        return numbers.sorted().map { pairs[$0].source }
    }
}
