import CShims
import Diagnostics
import Glibc
import SystemPackage

/// What of an earlier copy can stay.
///
/// Making a file right after another was deleted is very slow on ext4, so a file that is the same stays.
extension FileTree {
    /// Bytes up to which files are compared; a larger one, which may be all holes, is copied anew.
    private static let mostCompared: Int64 = 1 << 30

    /// Keeps what is there if it is what a copy would make, and removes it otherwise, unless both are directories.
    ///
    /// - Returns: Whether it stays.
    static func keep(
        _ name: ByteString, _ status: FileStatus, from source: borrowing OwnedDescriptor,
        in target: borrowing OwnedDescriptor
    ) throws(SystemError) -> Bool {
        guard let existing = try self.status(of: name, in: target) else { return false }
        switch (status.kind, existing.kind) {
        case (.directory, .directory): return false
        case (.symbolicLink, .symbolicLink):
            if try source.linkTarget(of: name) == target.linkTarget(of: name) { return true }
        case (.regular, .regular):
            if isCandidate(existing, for: status), try keepFile(name, status, from: source, in: target) { return true }
        default: break
        }
        try remove(name, in: target)
        return false
    }

    /// Files with several names, or of somebody else, are not looked into.
    private static func isCandidate(_ existing: FileStatus, for status: FileStatus) -> Bool {
        existing.links == 1 && status.links == 1 && existing.size == status.size && status.size <= mostCompared
            && existing.user == geteuid() && existing.group == getegid() && existing.permissions & 0o400 != 0
    }

    private static func keepFile(
        _ name: ByteString, _ status: FileStatus, from source: borrowing OwnedDescriptor,
        in target: borrowing OwnedDescriptor
    ) throws(SystemError) -> Bool {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK
        let old = try OwnedDescriptor.open(name, in: target, flags, resolving: .noSymbolicLinks)
        let new = try OwnedDescriptor.open(name, in: source, flags, resolving: .noSymbolicLinks)
        guard try !hasAttributes(old), try hasSameContent(old, new) else { return false }
        try old.setMode(status.permissions)
        try old.setTimes(status)
        return true
    }

    /// Whether it carries any extended attribute; some systems label every file, and copy all of them then.
    private static func hasAttributes(_ file: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
        let raw = file.raw
        do throws(SystemError) {
            return try check("flistxattr") { flistxattr(raw, nil, 0) } > 0
        } catch {
            guard error.errno == .notSupported else { throw error }
            return false
        }
    }

    private static func hasSameContent(
        _ old: borrowing OwnedDescriptor, _ new: borrowing OwnedDescriptor
    ) throws(SystemError) -> Bool {
        while true {
            let (left, right) = (try old.read(upTo: 1 << 20), try new.read(upTo: 1 << 20))
            guard left == right else { return false }
            if left.isEmpty { return true }
        }
    }
}
