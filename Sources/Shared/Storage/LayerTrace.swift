/// Which directory a sealed layer is in, and which of all that ever had the name.
public struct LayerTrace: Hashable, Sendable {
    /// Of the entry in the roots directory.
    public var name: String
    public var identity: String

    public init(name: String, identity: String) {
        self.name = name
        self.identity = identity
    }
}
