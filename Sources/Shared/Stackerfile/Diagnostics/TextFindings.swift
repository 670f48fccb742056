public import Diagnostics

/// Collects what is wrong in a text file that is no stacker.yaml, with messages of the same form.
///
/// Places are bytes from the start of the file.
public struct TextFindings: Sendable {
    private var findings: Findings

    /// Findings in the bytes of a file, which messages call `file`.
    public init(_ bytes: [UInt8], file: String, limits: Limits) {
        findings = Findings(file: file, source: SourceText(bytes), limits: limits)
    }

    public var hasErrors: Bool { !findings.errors.isEmpty }
    public var warnings: [Diagnostic] { findings.warnings }

    /// Reports the first byte that no text file of ours may hold, if there is one.
    public mutating func checkText() {
        if let fault = findings.source.fault { findings.report(fault.message, at: fault.mark) }
    }

    public mutating func report(
        _ message: String, atByte offset: Int, expected: String? = nil,
        note: (message: String, offset: Int)? = nil, suggestion: String? = nil, class errorClass: ErrorClass = .rejected
    ) {
        // A place costs a walk through the file, so none is looked for where the error is only counted.
        guard !findings.isFull else { return findings.report(message, at: .start) }
        findings.report(
            message, at: mark(offset), expected: expected, note: note.map { ($0.message, mark($0.offset)) },
            suggestion: suggestion, class: errorClass)
    }

    public mutating func warn(_ message: String, atByte offset: Int) {
        if findings.warnings.count < Self.mostWarnings { findings.warn(message, at: mark(offset)) }
    }

    /// Throws what was found; returns when nothing was.
    public func check() throws(StackerfileErrors) { try findings.check() }

    /// All errors; only where there are some.
    public var failure: StackerfileErrors { findings.failure() }

    private static let mostWarnings = 50

    private func mark(_ offset: Int) -> Mark { findings.source.mark(atByte: offset) }
}
