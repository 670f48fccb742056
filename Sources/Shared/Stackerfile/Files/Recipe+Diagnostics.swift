public import Diagnostics

/// What is wrong with a file beside its text: with what it names, or in the company of other files.
extension Recipe {
    /// An error at a place of this file.
    public func error(
        _ message: String, at mark: Mark, expected: String? = nil, note: Diagnostic.Note? = nil,
        suggestion: String? = nil, class errorClass: ErrorClass = .rejected
    ) -> Diagnostic {
        var error = Diagnostic(
            severity: .error, file: file, mark: mark, message: message, expected: expected, note: note,
            suggestion: suggestion, errorClass: errorClass, excerpt: Excerpt(of: source, at: mark))
        error.sources = origins.sources(of: origins[mark])
        return error
    }

    /// A second place, for an error of this or another file.
    public func note(_ message: String, at mark: Mark) -> Diagnostic.Note {
        Diagnostic.Note(file: file, mark: mark, message: message, excerpt: Excerpt(of: source, at: mark))
    }
}
