/// Everything that is wrong in a file, or in several, in their order.
public struct DiagnosticReport: Hashable, Sendable {
    public var diagnostics: [Diagnostic]
    /// Errors that were counted only.
    public var omitted: Int
    /// What the errors together mean, where they mean something.
    public var summary: String?

    public init(_ diagnostics: [Diagnostic], omitted: Int = 0, summary: String? = nil) {
        self.diagnostics = diagnostics
        self.omitted = omitted
        self.summary = summary
    }

    /// What is to be said after all of them, a line each.
    public var remarks: [String] {
        let counted = omitted > 0 ? ["and \(omitted) more \(omitted == 1 ? "error" : "errors")"] : []
        return counted + (summary.map { [$0] } ?? [])
    }

    /// All errors, one after the other, without a line break at the end.
    public func render(color: Bool) -> String {
        (diagnostics.map { $0.render(color: color) } + remarks).joined(separator: "\n")
    }

    /// The report as the reason why a command stops.
    public var failure: Failure {
        let isLimit = diagnostics.contains { $0.errorClass == .limit }
        var failure = Failure(render(color: false), class: isLimit ? .limit : .rejected)
        failure.isReport = true
        failure.report = self
        return failure
    }
}
