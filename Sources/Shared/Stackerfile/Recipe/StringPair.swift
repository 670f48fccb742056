public import Diagnostics

/// One entry of a map from strings to strings; such maps keep the order of the file.
public struct StringPair: Hashable, Sendable {
    public var name: String
    public var value: String
    /// Where the name is.
    public var mark: Mark
}
