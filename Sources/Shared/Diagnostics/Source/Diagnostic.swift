/// One thing that is wrong in a file, and where.
public struct Diagnostic: Hashable, Sendable {
    public var severity: Severity
    /// As the user named it; may hold anything a file name may.
    public var file: String
    public var mark: Mark
    public var message: String
    /// Where values come from that have to do with it.
    public var sources: [String] = []
    /// What would have been right, such as "a list of strings".
    public var expected: String?
    /// The word that was probably meant, as it is.
    public var suggestion: String?
    /// A second place that explains the first.
    public var note: Note?
    public var errorClass: ErrorClass
    /// Absent where the file is too long to be read.
    public var excerpt: Excerpt?

    public enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    /// A second place, in whatever file.
    public struct Note: Hashable, Sendable {
        public var file: String
        public var mark: Mark
        public var message: String
        public var excerpt: Excerpt?

        public init(file: String, mark: Mark, message: String, excerpt: Excerpt? = nil) {
            self.file = file
            self.mark = mark
            self.message = message
            self.excerpt = excerpt
        }
    }

    public init(
        severity: Severity = .error, file: String, mark: Mark, message: String, expected: String? = nil,
        note: Note? = nil, suggestion: String? = nil, errorClass: ErrorClass = .rejected, excerpt: Excerpt? = nil
    ) {
        self.severity = severity
        self.file = file
        self.mark = mark
        self.message = message
        self.expected = expected
        self.note = note
        self.suggestion = suggestion
        self.errorClass = errorClass
        self.excerpt = excerpt
    }
}

extension Diagnostic: CustomStringConvertible {
    public var description: String { render(color: false) }

    /// The text for a terminal: place and message, the line, a caret; then what helps.
    ///
    /// Without a line break at the end.
    public func render(color: Bool) -> String {
        let paint = Paint(isOn: color)
        let tone = severity == .error ? Paint.red : Paint.yellow
        let place = "\(ByteString(file)):\(mark):"
        var lines = ["\(paint.bold(place)) \(paint(tone, "\(severity.rawValue):")) \(paint.bold(message))"]
        if let excerpt { lines += excerpt.lines(paint) }
        if let note {
            let place = "\(ByteString(note.file)):\(note.mark):"
            lines.append("\(paint.bold(place)) \(paint(Paint.cyan, "note:")) \(note.message)")
            if let excerpt = note.excerpt { lines += excerpt.lines(paint) }
        }
        return (lines + help).joined(separator: "\n")
    }

    /// What helps, a line each.
    private var help: [String] {
        var lines = sources.map { "  \($0)" }
        if let expected { lines.append("  expected \(expected)") }
        if let suggestion { lines.append("  did you mean '\(ByteString(suggestion))'?") }
        return lines
    }

    /// A workflow command of GitHub Actions, which shows it beside the line of the file.
    ///
    /// Source: docs.github.com, workflow commands; the escapes are those of the actions toolkit.
    var workflowCommand: String {
        let name = WorkflowCommand.property(ByteString(file).description)
        var lines = [message] + help
        if let note { lines.append("  \(ByteString(note.file)):\(note.mark): \(note.message)") }
        return "::\(severity.rawValue) file=\(name),line=\(mark.line),col=\(mark.column)::"
            + WorkflowCommand.data(lines.joined(separator: "\n"))
    }

    /// One JSON object on one line.
    var json: JSONLine {
        var line = JSONLine(severity: severity.rawValue, message: message, errorClass: errorClass)
        line.add("file", ByteString(file).description)
        line.add("line", mark.line)
        line.add("column", mark.column)
        line.add("sources", sources)
        line.add("expected", expected)
        line.add("suggestion", suggestion)
        if let note {
            var inner = JSONLine()
            inner.add("file", ByteString(note.file).description)
            inner.add("line", note.mark.line)
            inner.add("column", note.mark.column)
            inner.add("message", note.message)
            line.add("note", inner)
        }
        return line
    }
}

extension Excerpt {
    fileprivate func lines(_ paint: Paint) -> [String] {
        [text, String(repeating: " ", count: caret) + paint(Paint.green, "^")]
    }
}
