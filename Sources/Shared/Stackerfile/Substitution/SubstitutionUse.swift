public import Diagnostics

/// How often a file used one of the pairs it was given.
public struct SubstitutionUse: Hashable, Sendable {
    public var name: ByteString
    public var count: Int
}

extension SubstitutionUse: CustomStringConvertible {
    /// The line of the log; never the value, which may be a secret.
    public var description: String { "substitution \(name) was used \(count) \(count == 1 ? "time" : "times")" }
}
