extension Failure {
    /// The message with each cause on a line of its own, for `--debug`.
    public var detailed: String {
        let lines = ["Error: \(summary)"] + causes.map { "  \($0)" } + ["  class: \(errorClass)"]
        return (lines + (hint.map { ["  hint: \($0)"] } ?? [])).joined(separator: "\n")
    }
}
