/// The lines at the bottom of a terminal that are drawn again and again, as the bytes that do it.
///
/// Between two drawings the cursor stands at the beginning of the line below them and is never hidden: whatever ends
/// the program, the terminal is as it should be.
struct TerminalArea: Sendable {
    /// Columns that each line takes, of those that are on the terminal.
    private var drawn: [Int] = []

    var isEmpty: Bool { drawn.isEmpty }

    /// Takes the lines off the terminal, which has so many columns now.
    mutating func erase(width: Int) -> String {
        defer { drawn = [] }
        return drawn.isEmpty ? "" : up(width) + "\u{1b}[J"
    }

    /// Puts these lines in place of those that are there.
    mutating func draw(_ lines: [String], width: Int) -> String {
        guard !lines.isEmpty else { return erase(width: width) }
        let start = drawn.isEmpty ? "" : up(width)
        drawn = lines.map(ProgressModel.columns)
        return start + lines.map { "\($0)\u{1b}[K\n" }.joined() + "\u{1b}[J"
    }

    /// To the beginning of the first line; lines of a terminal that became narrower take more than one row.
    private func up(_ width: Int) -> String {
        let rows = drawn.reduce(0) { $0 + max(1, ($1 + max(width, 1) - 1) / max(width, 1)) }
        return "\r\u{1b}[\(rows)A"
    }
}
