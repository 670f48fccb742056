import CCap

/// Some of the capabilities of capabilities(7), bit by number.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    private init(number: CInt) { rawValue = 1 << UInt64(number) }

    public static let changeOwner = Self(number: CAP_CHOWN)
    public static let overrideAccess = Self(number: CAP_DAC_OVERRIDE)
    public static let actAsOwner = Self(number: CAP_FOWNER)
    public static let keepSetIDBits = Self(number: CAP_FSETID)
    public static let kill = Self(number: CAP_KILL)
    public static let bindLowPorts = Self(number: CAP_NET_BIND_SERVICE)
    public static let setFileCapabilities = Self(number: CAP_SETFCAP)
    public static let setGroups = Self(number: CAP_SETGID)
    public static let setProcessCapabilities = Self(number: CAP_SETPCAP)
    public static let setUsers = Self(number: CAP_SETUID)
    public static let changeRoot = Self(number: CAP_SYS_CHROOT)
    public static let makeDevices = Self(number: CAP_MKNOD)

    /// The numbers in this set, among those that this kernel knows.
    var numbers: [cap_value_t] { (0..<cap_max_bits()).filter { contains(Self(number: $0)) } }
}
