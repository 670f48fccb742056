import Diagnostics

/// Collects what is wrong in one file, so that a user sees all of it at once.
struct Findings {
    let file: String
    let source: SourceText
    let limits: Limits
    /// How many errors are kept whole; the rest is counted.
    private let bound: Int
    private(set) var errors: [Diagnostic] = []
    private(set) var warnings: [Diagnostic] = []
    private(set) var omitted = 0
    /// What comes from substitutions, so that an error can name them.
    var origins = ValueOrigins()
    /// What the errors together mean, where they mean something.
    var summary: String?

    init(file: String, source: SourceText, limits: Limits) {
        self.file = file
        self.source = source
        self.limits = limits
        bound = max(1, limits.stackerfileDiagnostics)
    }

    /// Whether another error would only be counted.
    var isFull: Bool { errors.count >= bound }

    mutating func report(
        _ message: String, at mark: Mark, expected: String? = nil, note: (message: String, mark: Mark)? = nil,
        suggestion: String? = nil, class errorClass: ErrorClass = .rejected, values: Set<ExpandedText.Piece.Kind> = []
    ) {
        let values = values.union(origins[mark])
        // What stands for a value that is missing is wrong because of that, and that is reported.
        guard !values.contains(.missing) else { return }
        guard !isFull else { return omitOne() }
        var error = diagnostic(
            .error, message, at: mark, expected: expected, note: note, suggestion: suggestion, class: errorClass)
        error.sources = origins.sources(of: values)
        errors.append(error)
    }

    /// Counts an error that is not shown.
    mutating func omitOne() { omitted += 1 }

    mutating func warn(_ message: String, at mark: Mark, suggestion: String? = nil) {
        guard warnings.count < bound else { return }
        warnings.append(
            diagnostic(
                .warning, message, at: mark, expected: nil, note: nil, suggestion: suggestion, class: .rejected))
    }

    private func diagnostic(
        _ severity: Diagnostic.Severity, _ message: String, at mark: Mark, expected: String?,
        note: (message: String, mark: Mark)?, suggestion: String?, class errorClass: ErrorClass
    ) -> Diagnostic {
        Diagnostic(
            severity: severity, file: file, mark: mark, message: message, expected: expected,
            note: note.map {
                .init(file: file, mark: $0.mark, message: $0.message, excerpt: Excerpt(of: source, at: $0.mark))
            },
            suggestion: suggestion, errorClass: errorClass, excerpt: Excerpt(of: source, at: mark))
    }

    /// Throws what was found; returns when nothing was.
    func check(summary: String? = nil) throws(StackerfileErrors) {
        if !errors.isEmpty { throw failure(summary: summary ?? self.summary) }
    }

    /// What was found, in the order of the file.
    func failure(summary: String? = nil) -> StackerfileErrors {
        StackerfileErrors(errors.sorted { $0.mark < $1.mark }, omitted: omitted, summary: summary ?? self.summary)
    }
}
