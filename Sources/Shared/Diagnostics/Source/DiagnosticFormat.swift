/// How errors and warnings are written.
public enum DiagnosticFormat: String, Hashable, Sendable, CaseIterable {
    /// For people.
    case text
    /// For programs: one JSON object a line.
    case json
    /// For GitHub Actions: workflow commands.
    case github

    /// The number that says which members the objects have.
    public static let jsonVersion = 1

    /// One finding, without a line break at the end.
    public func render(_ diagnostic: Diagnostic, color: Bool = false) -> String {
        switch self {
        case .text: diagnostic.render(color: color)
        case .json: diagnostic.json.description
        case .github: diagnostic.workflowCommand
        }
    }

    /// What a person or program sees when a command stops, without a line break at the end.
    public func render(_ failure: Failure, color: Bool = false) -> String {
        switch self {
        case .text:
            guard failure.isReport else { return "error: \(failure)" }
            guard color, let report = failure.report, failure.summary == report.render(color: false) else {
                return failure.description
            }
            var painted = failure
            painted.summary = report.render(color: true)
            return painted.description
        case .json:
            var found = failure.report?.diagnostics.map(\.json) ?? []
            if !found.isEmpty {
                found[0].add("causes", failure.causes)
                found[0].add("hint", failure.hint)
            }
            return (found.isEmpty || failure.report?.remarks.isEmpty == false ? found + [failure.json] : found)
                .map(\.description).joined(separator: "\n")
        case .github:
            var found = failure.report?.diagnostics.map(\.workflowCommand) ?? []
            if !found.isEmpty, let hint = failure.hint { found[0] += WorkflowCommand.data("\n  hint: \(hint)") }
            let more = found.isEmpty ? [failure.description] : failure.report?.remarks ?? []
            return (found + more.map { "::error::\(WorkflowCommand.data($0))" }).joined(separator: "\n")
        }
    }
}

extension Failure {
    /// The failure as a whole; where its findings have objects of their own, what they mean together.
    fileprivate var json: JSONLine {
        if let report, !report.diagnostics.isEmpty {
            return JSONLine(
                severity: "error", message: report.remarks.joined(separator: "\n"), errorClass: errorClass)
        }
        var line = JSONLine(severity: "error", message: summary, errorClass: errorClass)
        line.add("causes", causes)
        line.add("hint", hint)
        return line
    }
}
