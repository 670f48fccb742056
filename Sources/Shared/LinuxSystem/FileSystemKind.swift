import CShims
import Diagnostics
public import SystemPackage

/// The file system that a path lies on, by the magic number that statfs(2) tells.
public struct FileSystemKind: Hashable, Sendable {
    /// Source: statfs(2), `f_type`, and the kernel's magic.h.
    public let magic: UInt32

    public init(magic: UInt32) { self.magic = magic }

    public init(of path: FilePath) throws(SystemError) {
        var type: UInt32 = 0
        try check("statfs", ByteString(path)) {
            unsafe path.withPlatformString { unsafe stk_statfs_type($0, &type) }
        }
        magic = type
    }

    /// The file system of an open file, also of one that was opened without the right to read it.
    public init(of file: borrowing OwnedDescriptor) throws(SystemError) {
        let raw = file.raw
        var type: UInt32 = 0
        try check("fstatfs") { unsafe stk_fstatfs_type(raw, &type) }
        magic = type
    }

    public static let btrfs = FileSystemKind(magic: 0x9123_683e)
    public static let cgroup2 = FileSystemKind(magic: 0x6367_7270)
    public static let ecryptfs = FileSystemKind(magic: 0xf15f)
    public static let ext = FileSystemKind(magic: 0xef53)
    public static let fuse = FileSystemKind(magic: 0x6573_5546)
    public static let nfs = FileSystemKind(magic: 0x6969)
    public static let overlay = FileSystemKind(magic: 0x794c_7630)
    public static let plan9 = FileSystemKind(magic: 0x0102_1997)
    public static let proc = FileSystemKind(magic: 0x9fa0)
    public static let ramfs = FileSystemKind(magic: 0x8584_58f6)
    public static let sysfs = FileSystemKind(magic: 0x6265_6572)
    public static let tmpfs = FileSystemKind(magic: 0x0102_1994)
    public static let xfs = FileSystemKind(magic: 0x5846_5342)
    public static let zfs = FileSystemKind(magic: 0x2fc1_2fc1)
}

extension FileSystemKind: CustomStringConvertible {
    /// The name as mount(8) has it; the magic number where we know no name.
    public var description: String {
        switch self {
        case .btrfs: "btrfs"
        case .cgroup2: "cgroup2"
        case .ecryptfs: "ecryptfs"
        case .ext: "ext4"
        case .fuse: "fuse"
        case .nfs: "nfs"
        case .overlay: "overlay"
        case .plan9: "9p"
        case .proc: "proc"
        case .ramfs: "ramfs"
        case .sysfs: "sysfs"
        case .tmpfs: "tmpfs"
        case .xfs: "xfs"
        case .zfs: "zfs"
        default: "0x" + String(magic, radix: 16)
        }
    }
}
