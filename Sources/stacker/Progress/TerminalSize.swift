import Glibc

/// How many columns and rows there are to draw in.
struct TerminalSize: Hashable, Sendable {
    var columns: Int
    var rows: Int

    /// What the terminal says; where it says nothing, COLUMNS and LINES; where these say nothing, 80 and 24.
    static func current(_ descriptor: CInt) -> TerminalSize {
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        return TerminalSize(
            columns: isKnown && size.ws_col > 0 ? Int(size.ws_col) : number("COLUMNS") ?? 80,
            rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : number("LINES") ?? 24)
    }

    /// Numbers that no terminal has count as none.
    private static func number(_ name: String) -> Int? {
        guard let value = getenv(name), let number = Int(String(cString: value)), (1...10_000).contains(number) else {
            return nil
        }
        return number
    }
}
