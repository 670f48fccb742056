public import Diagnostics

/// Everything that is wrong in a stacker.yaml, in the order of the file; or in several, one file after the other.
public struct StackerfileErrors: Error, Hashable, Sendable {
    public let report: DiagnosticReport

    /// Never empty.
    public var diagnostics: [Diagnostic] { report.diagnostics }

    init(_ diagnostics: [Diagnostic], omitted: Int = 0, summary: String? = nil) {
        report = DiagnosticReport(diagnostics, omitted: omitted, summary: summary)
    }

    /// The errors of several files as one report, of which no more are kept than of one file.
    ///
    /// - Returns: `nil` where there are none.
    public init?(joining reports: [StackerfileErrors], limits: Limits = Limits()) {
        guard !reports.isEmpty else { return nil }
        let all = reports.flatMap(\.diagnostics)
        let kept = Array(all.prefix(max(1, limits.stackerfileDiagnostics)))
        self.init(
            kept, omitted: all.count - kept.count + reports.reduce(0) { $0 + $1.report.omitted },
            summary: reports.lazy.compactMap(\.report.summary).first)
    }

    /// Errors that were found in what was read, in the order given.
    ///
    /// - Returns: `nil` where there are none.
    public init?(_ diagnostics: [Diagnostic], limits: Limits) {
        guard !diagnostics.isEmpty else { return nil }
        self.init(joining: [StackerfileErrors(diagnostics)], limits: limits)
    }
}

extension StackerfileErrors: Explainable, CustomStringConvertible {
    public var description: String { report.render(color: false) }

    /// The whole text as one summary: its first line starts with the file and needs no words before it.
    public var explanation: Failure { report.failure }
}
