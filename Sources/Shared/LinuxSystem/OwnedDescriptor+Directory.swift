import CShims
public import Diagnostics
import Glibc
import SystemPackage

/// Operations on the entries of a directory, each by one name: no `/`, nothing followed.
extension OwnedDescriptor {
    /// The names in the directory, `.` and `..` left out, in no particular order.
    public func names() throws(SystemError) -> [ByteString] {
        // A descriptor of its own: fdopendir takes it over, and the offset of ours stays where it is.
        let own = try OwnedDescriptor.open(".", in: self, O_RDONLY | O_DIRECTORY)
        let raw = own.release()
        guard let stream = unsafe fdopendir(raw) else {
            let error = SystemError("fdopendir", errno: Errno(rawValue: errno))
            _ = Glibc.close(raw)
            throw error
        }
        defer { _ = unsafe closedir(stream) }
        var names: [ByteString] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw SystemError("readdir", errno: Errno(rawValue: errno)) }
                return names
            }
            guard let name = unsafe stk_dirent_name(entry) else { continue }
            let bytes = unsafe UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
            if bytes != [0x2e] && bytes != [0x2e, 0x2e] { names.append(ByteString(bytes)) }
        }
    }

    /// Makes a directory with exactly these permission bits, whatever the umask.
    public func makeDirectory(_ name: ByteString, mode: UInt32) throws(SystemError) {
        let raw = raw
        try unsafe name.withCString(for: "mkdirat") { (text) throws(SystemError) in
            try check("mkdirat", name) { unsafe mkdirat(raw, text, mode & 0o700) }
            try check("fchmodat", name) { unsafe fchmodat(raw, text, mode, 0) }
        }
    }

    /// Renames an entry into another directory (or this one).
    public func rename(
        _ name: ByteString, into directory: borrowing OwnedDescriptor, as newName: ByteString,
        replacing: Replacing = .nothing
    ) throws(SystemError) {
        let (from, to) = (raw, directory.raw)
        let flags: UInt32 = replacing == .nothing ? stk_rename_noreplace : 0
        try unsafe name.withCString(for: "renameat2") { (old) throws(SystemError) in
            try unsafe newName.withCString(for: "renameat2") { (new) throws(SystemError) in
                _ = try check("renameat2", name) { unsafe stk_renameat2(from, old, to, new, flags) }
            }
        }
    }

    /// Whether a rename may take the place of something.
    public enum Replacing: Sendable {
        /// `EEXIST` when the new name is taken.
        case nothing
        case existing
    }

    /// Removes an entry that is no directory, or with `.directory` an empty directory.
    public func unlink(_ name: ByteString, _ kind: Unlinked = .file) throws(SystemError) {
        let raw = raw
        try unsafe name.withCString(for: "unlinkat") { (text) throws(SystemError) in
            _ = try check("unlinkat", name) { unsafe unlinkat(raw, text, kind == .directory ? AT_REMOVEDIR : 0) }
        }
    }

    public enum Unlinked: Sendable {
        case file, directory
    }

    /// Opens a directory that is an entry of this one, not a symbolic link to one.
    public func openDirectory(_ name: ByteString) throws(SystemError) -> OwnedDescriptor {
        try OwnedDescriptor.open(
            name, in: self, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, resolving: .noSymbolicLinks)
    }
}
