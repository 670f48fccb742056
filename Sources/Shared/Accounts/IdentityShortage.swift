/// An account has fewer ids than a build needs.
public struct IdentityShortage: Error, Hashable, Sendable {
    public var kind: MappingProgram.Kind
    /// How many ids the user namespace would have, the account's own included.
    public var available: UInt64

    public init(kind: MappingProgram.Kind, available: UInt64) {
        self.kind = kind
        self.available = available
    }
}
