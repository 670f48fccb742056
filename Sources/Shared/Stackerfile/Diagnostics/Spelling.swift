public import Diagnostics

/// Guesses what a misspelt word was meant to be.
public enum Spelling {
    /// The known word nearest to `word`: two typing mistakes away at most, and fewer than half of its letters wrong.
    public static func suggestion(for word: ByteString, among known: some Sequence<String>) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in known {
            let letters = Array(candidate.utf8)
            let length = max(letters.count, word.count)
            guard abs(letters.count - word.count) <= 2 else { continue }
            let distance = distance(word.bytes, letters)
            guard distance > 0, distance <= 2, distance * 2 < length else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Insertions, deletions, changes and swaps of neighbours that lead from one word to the other.
    ///
    /// Source: Damerau-Levenshtein in its "optimal string alignment" form, where no piece is edited twice.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
