import CShims
import Glibc

/// What stat(2) says of a file.
public struct FileStatus: Hashable, Sendable {
    public var kind: Kind
    /// Permission bits with setuid, setgid and sticky: the lowest 12 bits of `st_mode`.
    public var permissions: UInt32
    public var user: UInt32
    public var group: UInt32
    /// Bytes.
    public var size: Int64
    public var accessed: Time
    public var modified: Time
    /// When content, owner, mode or name last changed; nobody can set it.
    public var changed: Time
    public var device: UInt64
    public var inode: UInt64
    public var links: UInt64

    public enum Kind: Hashable, Sendable {
        case regular, directory, symbolicLink, fifo, socket
        case characterDevice(UInt64), blockDevice(UInt64)

        public var isDevice: Bool {
            switch self {
            case .characterDevice, .blockDevice: true
            default: false
            }
        }
    }

    /// Which file it is, as long as it exists.
    public struct Identity: Hashable, Sendable {
        public var device: UInt64
        public var inode: UInt64
    }

    public var identity: Identity { Identity(device: device, inode: inode) }

    /// A point in time since 1970, UTC.
    public struct Time: Hashable, Sendable {
        public var seconds: Int64
        public var nanoseconds: Int64

        public init(seconds: Int64, nanoseconds: Int64) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
        }
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .fifo
            case S_IFCHR: .characterDevice(UInt64(status.st_rdev))
            case S_IFBLK: .blockDevice(UInt64(status.st_rdev))
            default: .socket
            }
        permissions = status.st_mode & 0o7777
        user = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        accessed = Time(seconds: Int64(status.st_atim.tv_sec), nanoseconds: Int64(status.st_atim.tv_nsec))
        modified = Time(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        changed = Time(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
    }
}
