import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

// Entries of an open directory by one component of a name, links never followed; and what an open file carries.
extension OwnedDescriptor {
    /// - Returns: `nil` where there is no such entry.
    func statusIfPresent(of name: ByteString) throws(SystemError) -> LinuxSystem.FileStatus? {
        do {
            return try status(of: name)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    func openEntry(_ name: ByteString, _ flags: CInt, mode: mode_t = 0) throws(SystemError) -> OwnedDescriptor {
        let raw = raw
        return OwnedDescriptor(
            adopting: try unsafe name.withCString(for: "openat") { (name) throws(SystemError) in
                try check("openat") { unsafe stk_openat(raw, name, flags | O_NOFOLLOW | O_CLOEXEC, mode) }
            })
    }

    func makeDirectory(_ name: ByteString) throws(SystemError) {
        try unsafe entry("mkdirat", name) { unsafe mkdirat($0, $1, 0o700) }
    }

    func makeNode(_ name: ByteString, type: mode_t, device: dev_t = 0) throws(SystemError) {
        try unsafe entry("mknodat", name) { unsafe mknodat($0, $1, type | 0o600, device) }
    }

    /// Links the entry itself, also where it is a symbolic link.
    func makeHardLink(
        _ name: ByteString, to target: ByteString, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let (raw, source) = (raw, directory.raw)
        try unsafe target.withCString(for: "linkat") { (target) throws(SystemError) in
            try unsafe name.withCString(for: "linkat") { (name) throws(SystemError) in
                _ = try check("linkat") { unsafe linkat(source, target, raw, name, 0) }
            }
        }
    }

    /// Owner of an entry that cannot be opened without side effects: a symbolic link, a device.
    func setOwner(of name: ByteString, user: UInt32, group: UInt32) throws(SystemError) {
        try unsafe entry("fchownat", name) { unsafe fchownat($0, $1, user, group, AT_SYMLINK_NOFOLLOW) }
    }

    func setModified(of name: ByteString, _ time: FileTime) throws(SystemError) {
        let times = time.both
        try unsafe entry("utimensat", name) { unsafe utimensat($0, $1, times, AT_SYMLINK_NOFOLLOW) }
    }

    /// Mode of a device that was just made; for anything that might be a link, open it and use ``setMode(_:)``.
    func setMode(ofDevice name: ByteString, _ mode: UInt32) throws(SystemError) {
        try unsafe entry("fchmodat", name) { unsafe fchmodat($0, $1, mode, 0) }
    }

    func setOwner(user: UInt32, group: UInt32) throws(SystemError) {
        let raw = raw
        try check("fchown") { fchown(raw, user, group) }
    }

    func setModified(_ time: FileTime) throws(SystemError) {
        let raw = raw
        let times = time.both
        try check("futimens") { unsafe futimens(raw, times) }
    }

    private func entry(
        _ call: StaticString, _ name: ByteString, _ body: (CInt, UnsafePointer<CChar>) -> CInt
    ) throws(SystemError) {
        let raw = raw
        try unsafe name.withCString(for: call) { (name) throws(SystemError) in
            _ = try check(call) { unsafe body(raw, name) }
        }
    }
}

extension LinuxSystem.FileStatus {
    /// A character device 0:0: what overlayfs takes for a removed file.
    var isWhiteout: Bool { kind == .characterDevice(0) }
}

extension FileTime {
    /// For calls that set access and modification time: archives only know the latter, so it is both.
    fileprivate var both: [timespec] {
        [timespec](repeating: timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds)), count: 2)
    }
}
