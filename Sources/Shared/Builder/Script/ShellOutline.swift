/// What a shell script says, as far as it takes to tell which line of it was at work.
struct ShellOutline: Hashable, Sendable {
    /// What a shell reads as a whole before it executes anything of it.
    struct Command: Hashable, Sendable {
        /// 1-based; the last line is that of its here-documents, where it has any.
        var lines: ClosedRange<Int>
        /// Bytes of the script to the end of its last line.
        var end: Int
        /// Its simple commands, in order; without those of functions that it defines.
        var parts: [Part]
        /// Whether it is a list of simple commands, which the shell executes in order and never twice.
        var isPlain: Bool
        /// Whether it holds what was not looked into, or what can fail without a simple command.
        var isOpaque: Bool
    }

    /// A simple command.
    struct Part: Hashable, Sendable {
        /// Of its first word.
        var line: Int
        /// How the shell may print it.
        var texts: [Text]
        /// What is called, where that is plain text.
        var name: [UInt8]?
        /// Whether it has a standard error of its own; what it calls prints there, where it is a function.
        var redirectsErrors: Bool
        /// Whether it is printed elsewhere than what is around it.
        var isHidden = false
    }

    /// A command as `sh -x` prints it, without the characters that quote.
    struct Text: Hashable, Sendable {
        var start: [UInt8]
        /// Whether more may follow, which depends on what is expanded.
        var isOpen: Bool

        func matches(_ traced: [UInt8]) -> Bool { isOpen ? traced.starts(with: start) : traced == start }
    }

    var commands: [Command] = []
    /// What functions hold, by name; where several have one name, all of them.
    var functions: [[UInt8]: [Part]] = [:]
    /// The first line that was not understood; `nil` where all was.
    var unread: Int?
    /// Whether the script can print commands elsewhere, or not at all, or some when it has ended.
    var changesTrace = false

    /// Takes quoting away, which every shell does in its own way when it prints a command.
    static func plain(_ text: some Sequence<UInt8>) -> [UInt8] {
        text.filter { ![UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$")].contains($0) }
    }
}
