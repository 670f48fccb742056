public import Diagnostics

/// One thing that keeps this host from building, with its cause and what can be done about it.
public struct Finding: Hashable, Sendable {
    /// Stable, for scripts and for searching: `NS-` user namespaces, `ID-` ids and newuidmap, `OV-` overlayfs, `MT-`
    /// other mounts, `ST-` the command of a build step, `OP-` an operation that failed for a reason we have no words
    /// for.
    public var id: String
    /// What does not work.
    public var summary: String
    /// Why, with the setting, file or program that is to blame.
    public var cause: String
    public var fix: Fix?

    public init(_ id: String, _ summary: String, because cause: String, fix: Fix? = nil) {
        self.id = id
        self.summary = summary
        self.cause = cause
        self.fix = fix
    }
}

extension Finding: Explainable, Error {
    public var explanation: Failure {
        // Those two say nothing of this host or account.
        let isOfTheBuild = id.hasPrefix("ST-") || id.hasPrefix("OP-")
        return Failure(
            "\(id) \(summary)", causes: [cause], hint: fix?.description, class: isOfTheBuild ? .failure : .permission)
    }
}
