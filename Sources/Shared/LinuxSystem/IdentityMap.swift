/// One line of uid_map or gid_map: `count` ids from `outside` appear as `inside` and up.
///
/// Source: user_namespaces(7), "User and group ID mappings".
public struct IdentityMap: Hashable, Sendable {
    public var inside: UInt32
    public var outside: UInt32
    public var count: UInt32

    public init(inside: UInt32, outside: UInt32, count: UInt32) {
        self.inside = inside
        self.outside = outside
        self.count = count
    }
}
