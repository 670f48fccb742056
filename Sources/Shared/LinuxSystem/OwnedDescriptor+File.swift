import CShims
public import Diagnostics
import Glibc
import SystemPackage

extension OwnedDescriptor {
    /// What lstat(2) says of an entry of this directory.
    public func status(of name: ByteString) throws(SystemError) -> FileStatus {
        let raw = raw
        return try unsafe name.withCString(for: "fstatat") { (text) throws(SystemError) in
            var status = stat()
            try check("fstatat", name) { unsafe fstatat(raw, text, &status, AT_SYMLINK_NOFOLLOW) }
            return FileStatus(status)
        }
    }

    /// What fstat(2) says of the open file itself.
    public func status() throws(SystemError) -> FileStatus {
        let raw = raw
        var status = stat()
        try check("fstat") { unsafe fstat(raw, &status) }
        return FileStatus(status)
    }

    public func setMode(_ mode: UInt32) throws(SystemError) {
        let raw = raw
        try check("fchmod") { fchmod(raw, mode) }
    }

    /// Sets access and modification times to those of `status`.
    public func setTimes(_ status: FileStatus) throws(SystemError) {
        let raw = raw
        let times = [status.accessed, status.modified].map {
            timespec(tv_sec: Int($0.seconds), tv_nsec: Int($0.nanoseconds))
        }
        try check("futimens") { unsafe futimens(raw, times) }
    }

    public func makeSymbolicLink(_ name: ByteString, to target: ByteString) throws(SystemError) {
        let raw = raw
        try unsafe target.withCString(for: "symlinkat") { (target) throws(SystemError) in
            try unsafe name.withCString(for: "symlinkat") { (text) throws(SystemError) in
                _ = try check("symlinkat", name) { unsafe symlinkat(target, raw, text) }
            }
        }
    }

    /// What the symbolic link `name` in this directory points to.
    public func linkTarget(of name: ByteString) throws(SystemError) -> ByteString {
        let raw = raw
        return try unsafe name.withCString(for: "readlinkat") { (text) throws(SystemError) in
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let length = try check("readlinkat", name) { unsafe readlinkat(raw, text, &target, Int(PATH_MAX)) }
            return ByteString(target.prefix(length).map { UInt8(bitPattern: $0) })
        }
    }

    /// Gives the owner access to a directory, so that it can be emptied.
    func makeAccessible(_ name: ByteString) throws(SystemError) { try setMode(of: name, 0o700) }

    /// Sets the permission bits of an entry that is no symbolic link: one would be followed.
    func setMode(of name: ByteString, _ mode: UInt32) throws(SystemError) {
        let raw = raw
        try unsafe name.withCString(for: "fchmodat") { (text) throws(SystemError) in
            _ = try check("fchmodat", name) { unsafe fchmodat(raw, text, mode, 0) }
        }
    }
}

extension OwnedDescriptor {
    /// The path that the kernel knows the open file by: absolute, without any symbolic link.
    public func hostPath() throws(SystemError) -> ByteString {
        let link: ByteString = ByteString("/proc/self/fd/\(raw)")
        return try unsafe link.withCString(for: "readlink") { (text) throws(SystemError) in
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            let length = try check("readlink", link) { unsafe readlink(text, &target, Int(PATH_MAX)) }
            return ByteString(target.prefix(length).map { UInt8(bitPattern: $0) })
        }
    }
}
