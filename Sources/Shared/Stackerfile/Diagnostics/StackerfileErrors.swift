public import Diagnostics

/// Everything that is wrong in a stacker.yaml, in the order of the file; or in several, one file after the other.
public struct StackerfileErrors: Error, Hashable, Sendable {
    /// Never empty.
    public let diagnostics: [StackerfileDiagnostic]
    /// Errors beyond `Limits.stackerfileDiagnostics`, which are counted only.
    public let omitted: Int
    /// What the errors together mean, where they mean something.
    public let summary: String?

    init(_ diagnostics: [StackerfileDiagnostic], omitted: Int = 0, summary: String? = nil) {
        self.diagnostics = diagnostics
        self.omitted = omitted
        self.summary = summary
    }

    /// The errors of several files as one report, of which no more are kept than of one file.
    ///
    /// - Returns: `nil` where there are none.
    public init?(joining reports: [StackerfileErrors], limits: Limits = Limits()) {
        guard !reports.isEmpty else { return nil }
        let all = reports.flatMap(\.diagnostics)
        let kept = Array(all.prefix(max(1, limits.stackerfileDiagnostics)))
        self.init(
            kept, omitted: all.count - kept.count + reports.reduce(0) { $0 + $1.omitted },
            summary: reports.lazy.compactMap(\.summary).first)
    }

    /// Errors that were found in what was read, in the order given.
    ///
    /// - Returns: `nil` where there are none.
    public init?(_ diagnostics: [StackerfileDiagnostic], limits: Limits) {
        guard !diagnostics.isEmpty else { return nil }
        self.init(joining: [StackerfileErrors(diagnostics)], limits: limits)
    }
}

extension StackerfileErrors: Explainable, CustomStringConvertible {
    public var description: String { render(color: false) }

    /// All errors, one after the other, without a line break at the end.
    public func render(color: Bool) -> String {
        var parts = diagnostics.map { $0.render(color: color) }
        if omitted > 0 { parts.append("and \(omitted) more \(omitted == 1 ? "error" : "errors")") }
        if let summary { parts.append(summary) }
        return parts.joined(separator: "\n")
    }

    /// The whole text as one summary: its first line starts with the file and needs no words before it.
    public var explanation: Failure {
        let isLimit = diagnostics.contains { $0.errorClass == .limit }
        var failure = Failure(render(color: false), class: isLimit ? .limit : .rejected)
        failure.isReport = true
        return failure
    }
}
