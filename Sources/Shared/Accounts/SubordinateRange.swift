/// Ids of the host that an account may give to its user namespaces.
public struct SubordinateRange: Hashable, Sendable {
    public let start: UInt32
    /// How many, at least one.
    public let count: UInt32

    /// - Returns: `nil` for no ids at all, and for a range that goes past the last 32-bit id.
    public init?(start: UInt32, count: UInt32) {
        guard count > 0, UInt64(start) + UInt64(count) <= 1 << 32 else { return nil }
        self.start = start
        self.count = count
    }

    /// The ids, wide enough for the end of the last one.
    public var ids: Range<UInt64> { UInt64(start)..<UInt64(start) + UInt64(count) }
}

extension SubordinateRange: CustomStringConvertible {
    /// First and last id, as usermod(8) takes them.
    public var description: String { "\(start)-\(ids.upperBound - 1)" }
}
