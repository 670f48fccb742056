public import Diagnostics

/// One thing that is wrong in a stacker.yaml, and where.
public struct StackerfileDiagnostic: Hashable, Sendable {
    public var severity: Severity
    /// As the user named it; may hold anything a file name may.
    public var file: String
    public var mark: Mark
    public var message: String
    /// What would have been right, such as "a list of strings".
    public var expected: String?
    /// A second place that explains the first.
    public var note: Note?
    /// The word that was probably meant.
    public var suggestion: String?
    /// Where values come from that have to do with it.
    public var sources: [String] = []
    public var errorClass: ErrorClass
    /// Absent where the file is too long to be read.
    var excerpt: Excerpt?

    public enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    /// A second place, in the same file or in another one.
    public struct Note: Hashable, Sendable {
        public var file: String
        public var mark: Mark
        public var message: String
        var excerpt: Excerpt
    }
}

extension StackerfileDiagnostic: CustomStringConvertible {
    public var description: String { render(color: false) }

    /// The text for a terminal: place and message, the line, a caret; then what helps.
    ///
    /// Without a line break at the end.
    public func render(color: Bool) -> String {
        let paint = Paint(isOn: color)
        let name = ByteString(file).description
        let tone = severity == .error ? Paint.red : Paint.yellow
        var lines = [
            "\(paint.bold("\(name):\(mark):")) \(paint(tone, "\(severity.rawValue):")) \(paint.bold(message))"
        ]
        if let excerpt { lines += excerpt.lines(paint) }
        if let note {
            let place = "\(ByteString(note.file)):\(note.mark):"
            lines.append("\(paint.bold(place)) \(paint(Paint.cyan, "note:")) \(note.message)")
            lines += note.excerpt.lines(paint)
        }
        lines += sources.map { "  \($0)" }
        if let expected { lines.append("  expected \(expected)") }
        if let suggestion { lines.append("  did you mean '\(suggestion)'?") }
        return lines.joined(separator: "\n")
    }
}

extension Excerpt {
    fileprivate func lines(_ paint: Paint) -> [String] {
        [text, String(repeating: " ", count: caret) + paint(Paint.green, "^")]
    }
}
