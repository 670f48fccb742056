import CShims

/// Flags of one mount, as mount_setattr(2) and fsmount(2) take them.
struct MountAttributes: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    static let readOnly = Self(rawValue: stk_attribute_readonly)
    static let noSetID = Self(rawValue: stk_attribute_nosuid)
    static let noDevices = Self(rawValue: stk_attribute_nodev)
    static let noExecution = Self(rawValue: stk_attribute_noexec)
}
