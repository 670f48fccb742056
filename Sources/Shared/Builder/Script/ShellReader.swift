/// Reads a shell script as POSIX, 2.10, describes the language, with what bash adds to it.
///
/// It needs to be right about a script that a shell has accepted so far; what it does not understand ends the reading.
/// Nothing is believed that does not agree with how far the shell has read.
struct ShellReader {
    /// Something that is not understood.
    struct NotUnderstood: Error {}

    let bytes: [UInt8]
    var offset = 0
    var line = 1
    /// Here-documents that begin at the next line.
    var hereDocuments: [HereDocument] = []
    /// Simple commands of what is being read.
    var parts: [ShellOutline.Part] = []
    var isPlain = true
    var isOpaque = false
    var functions: [[UInt8]: [ShellOutline.Part]] = [:]
    var changesTrace = false
    private var depth = 0

    struct HereDocument {
        var delimiter: [UInt8]
        /// For `<<-`.
        var stripsTabs: Bool
        var isExpanded: Bool
    }

    /// Deeper than this no script is that a person wrote; reading is recursive.
    private static let mostDepth = 40

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func outline(_ script: [UInt8]) -> ShellOutline {
        var reader = ShellReader(script)
        var outline = ShellOutline()
        while reader.skipToCommand() {
            let first = reader.line
            (reader.parts, reader.isPlain, reader.isOpaque) = ([], true, false)
            do {
                try reader.completeCommand()
            } catch {
                outline.unread = first
                break
            }
            // The line break behind it was read.
            let last =
                reader.offset > 0 && reader.bytes[reader.offset - 1] == Self.newline ? reader.line - 1 : reader.line
            outline.commands.append(
                ShellOutline.Command(
                    lines: first...max(first, last), end: reader.offset, parts: reader.parts,
                    isPlain: reader.isPlain, isOpaque: reader.isOpaque))
        }
        outline.functions = reader.functions
        outline.changesTrace = reader.changesTrace
        return outline
    }

    /// Skips blank lines and comments.
    ///
    /// - Returns: Whether there is a command.
    private mutating func skipToCommand() -> Bool {
        // Here-documents wait at commands only, so this cannot fail.
        try? skipLines()
        return byte != nil
    }

    /// One list of commands, to the end of the line at which the shell begins to execute it.
    private mutating func completeCommand() throws(NotUnderstood) {
        while true {
            try command()
            skipBlanks()
            switch byte {
            case nil: return
            case Self.newline: return try endLine()
            case UInt8(ascii: "#"):
                skipComment()
                return try endLine()
            case UInt8(ascii: ";") where byte(1) != UInt8(ascii: ";"),
                UInt8(ascii: "&") where byte(1) != UInt8(ascii: "&"):
                advance()
                skipBlanks()
                if byte == UInt8(ascii: "#") { skipComment() }
                guard byte != nil, byte != Self.newline else { return try endLine() }
            case UInt8(ascii: "&"), UInt8(ascii: "|"):
                skipOperator()
                try skipLines()
                guard byte != nil else { throw NotUnderstood() }
            default: throw NotUnderstood()
            }
        }
    }

    /// The end of a line or of the script.
    private mutating func endLine() throws(NotUnderstood) {
        guard byte == Self.newline else { return }
        try skipLine()
    }

    /// Commands to the word or character that ends them, which is left.
    mutating func list(until closers: Set<String>, parenthesis: Bool = false) throws(NotUnderstood) {
        try enter()
        defer { leave() }
        while true {
            try skipLines()
            guard let byte else { throw NotUnderstood() }
            if parenthesis, byte == UInt8(ascii: ")") { return }
            if let word = plainWord(), closers.contains(word) { return }
            if isCaseEnd {
                guard closers.contains("esac") else { throw NotUnderstood() }
                return
            }
            try command()
            skipBlanks()
            guard !isCaseEnd else { continue }
            switch self.byte {
            case UInt8(ascii: ";"): advance()
            case UInt8(ascii: "&"), UInt8(ascii: "|"): skipOperator()
            default: break
            }
        }
    }

    /// Counts what is inside of something else.
    mutating func enter() throws(NotUnderstood) {
        guard depth < Self.mostDepth else { throw NotUnderstood() }
        depth += 1
    }

    mutating func leave() { depth -= 1 }

    /// Whether `;;`, `;&` or `;;&` follows.
    var isCaseEnd: Bool {
        byte == UInt8(ascii: ";") && (byte(1) == UInt8(ascii: ";") || byte(1) == UInt8(ascii: "&"))
    }

    /// `&&`, `||`, `|`, `|&` or `&`.
    private mutating func skipOperator() {
        let first = byte
        advance()
        if byte == first || (first == UInt8(ascii: "|") && byte == UInt8(ascii: "&")) { advance() }
    }
}
