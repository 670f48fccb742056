import CShims
import Diagnostics
import Glibc
import LinuxSystem

/// What stat(2) says of a file, as far as a layer cares.
struct FileStatus {
    enum Kind {
        case file, directory, symbolicLink, characterDevice, blockDevice, fifo, socket
    }

    /// Which file it is, as long as it exists.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private let status: stat

    init(of descriptor: CInt, at path: @autoclosure () -> ByteString) throws(SystemError) {
        var status = stat()
        try check("fstat", path()) { unsafe fstat(descriptor, &status) }
        self.status = status
    }

    /// The status of `name` itself, never of what it links to.
    init(
        of name: UnsafePointer<CChar>, in directory: CInt, at path: @autoclosure () -> ByteString
    ) throws(SystemError) {
        var status = stat()
        try check("fstatat", path()) { unsafe fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) }
        self.status = status
    }

    /// `nil` for a type that no file system of Linux has today.
    var kind: Kind? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .symbolicLink
        case S_IFCHR: .characterDevice
        case S_IFBLK: .blockDevice
        case S_IFIFO: .fifo
        case S_IFSOCK: .socket
        default: nil
        }
    }

    var mode: UInt32 { status.st_mode & 0o7777 }
    var userID: UInt32 { status.st_uid }
    var groupID: UInt32 { status.st_gid }
    /// Bytes; the kernel never reports a negative size.
    var size: UInt64 { UInt64(max(0, status.st_size)) }
    /// Seconds since 1970, UTC; what is left over after the whole seconds points forward.
    var modified: Int64 { Int64(status.st_mtim.tv_sec) }
    var links: UInt64 { UInt64(status.st_nlink) }
    var identity: Identity { Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) }
    var deviceMajor: UInt32 { stk_major(status.st_rdev) }
    var deviceMinor: UInt32 { stk_minor(status.st_rdev) }

    /// The device 0:0 by which overlayfs says "this name is gone".
    var isWhiteoutDevice: Bool { kind == .characterDevice && status.st_rdev == 0 }

    /// Whether both speak of one file that nobody wrote to, or gave other attributes, in between.
    func isUnchanged(since earlier: FileStatus) -> Bool {
        identity == earlier.identity && status.st_size == earlier.status.st_size
            && Self.same(status.st_mtim, earlier.status.st_mtim) && Self.same(status.st_ctim, earlier.status.st_ctim)
    }

    /// Whether mode, owner and modification time are the same; they may be of two files.
    func describesTheSame(as other: FileStatus) -> Bool {
        kind == other.kind && mode == other.mode && userID == other.userID && groupID == other.groupID
            && Self.same(status.st_mtim, other.status.st_mtim)
    }

    private static func same(_ left: timespec, _ right: timespec) -> Bool {
        left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec
    }
}
