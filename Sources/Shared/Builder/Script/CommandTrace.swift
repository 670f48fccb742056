import Diagnostics

/// The command that a script was at, from what `sh -x` prints among everything else.
///
/// Other programs print lines that begin with `+ ` too, a diff for one. So only a line counts whose first word the script
/// has as well.
struct CommandTrace: Sendable {
    private let script: [UInt8]
    /// Whether the script is run by the shell that we chose, which prints commands.
    private let isTraced: Bool
    /// A line of which the end is still to come, up to ``longest``.
    private var line: [UInt8] = []
    private var command: [UInt8]?
    /// The last line that looks like a command, whoever printed it; `nil` where a later one may be hidden in another.
    private var printed: [UInt8]?

    /// Bytes of a line that are looked at.
    static let longest = 1_000

    init(script: String) {
        self.script = Array(script.utf8)
        isTraced = script.utf8.starts(with: RunScript.tracingShell.utf8)
    }

    /// The last command that was begun; `nil` where none is known.
    ///
    /// Cut off where it is long.
    var last: ByteString? { (Self.traced(line, in: script) ?? command).map { ByteString($0) } }

    /// The last command that was printed, as it was; `nil` where there may be one after it.
    var lastPrinted: [UInt8]? {
        var copy = self
        copy.notePrinted()
        return copy.printed
    }

    /// Takes the next piece of the output.
    mutating func read(_ output: [UInt8]) {
        guard isTraced else { return }
        for piece in output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if piece.offset > 0 {
                command = Self.traced(line, in: script) ?? command
                notePrinted()
                line = []
            }
            line += piece.element.prefix(Self.longest - line.count)
        }
    }

    /// Looks at a line for a command, of which bash begins one inside another with more than one `+`.
    private mutating func notePrinted() {
        let rest = line.drop { $0 == UInt8(ascii: "+") }
        if rest.count < line.count, rest.first == UInt8(ascii: " ") {
            // What is cut off says nothing.
            printed = line.count < Self.longest ? Array(rest.dropFirst()) : nil
        } else if line.count >= Self.longest
            || zip(line, line.dropFirst()).contains(where: { $0 == 0x2b && $1 == 0x20 })
        {
            // A program did not end its line, and a command may follow in it.
            printed = nil
        }
    }

    /// What follows the `+` of a traced line.
    private static func traced(_ line: [UInt8], in script: [UInt8]) -> [UInt8]? {
        guard line.starts(with: "+ ".utf8) else { return nil }
        let command = Array(line.dropFirst(2))
        let word = command.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "'") }
        return !word.isEmpty && script.contains(word) ? command : nil
    }
}
