public import Diagnostics
import Glibc
import SystemPackage

/// Copying and removing trees that belong to this user, by descriptors, never following a symbolic link.
///
/// Trees that belong to subordinate ids are stacker-nsexec's business.
public enum FileTree {
    /// Copies the entry `name` and what is below it; permission bits and modification times are kept, owners are not.
    ///
    /// A name that is taken is `EEXIST`. Sockets and devices are refused with `ENOTSUP`, FIFOs too.
    public static func copy(
        _ name: ByteString, from source: borrowing OwnedDescriptor, into target: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let status = try source.status(of: name)
        switch status.kind {
        case .regular: try copyFile(name, status, from: source, into: target)
        case .symbolicLink: try target.makeSymbolicLink(name, to: try source.linkTarget(of: name))
        case .directory:
            let from = try source.openDirectory(name)
            try target.makeDirectory(name, mode: 0o700)
            let to = try target.openDirectory(name)
            for child in try from.names().sorted() { try copy(child, from: from, into: to) }
            try to.setMode(status.permissions)
            try to.setTimes(status)
        default: throw SystemError("copy", name, errno: .notSupported)
        }
    }

    /// Gives the entry `name`, and what is below it, these permission bits; directories keep theirs.
    public static func setMode(
        ofFiles mode: UInt32, _ name: ByteString, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        switch try directory.status(of: name).kind {
        case .regular: try directory.setMode(of: name, mode)
        case .directory:
            let children = try directory.openDirectory(name)
            for child in try children.names() { try setMode(ofFiles: mode, child, in: children) }
        default: break
        }
    }

    private static func copyFile(
        _ name: ByteString, _ status: FileStatus, from source: borrowing OwnedDescriptor,
        into target: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let input = try OwnedDescriptor.open(
            name, in: source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, resolving: .noSymbolicLinks)
        let output = try OwnedDescriptor.open(
            name, in: target, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, resolving: .noSymbolicLinks)
        try output.fill(from: input)
        try output.setMode(status.permissions)
        try output.setTimes(status)
        try output.close()
    }

    /// Removes the entry `name` and what is below it; gone already is fine.
    public static func remove(_ name: ByteString, in directory: borrowing OwnedDescriptor) throws(SystemError) {
        var freed = FreedSpace()
        try remove(name, in: directory, &freed)
    }

    /// The same, and counts what that gave back.
    public static func remove(
        _ name: ByteString, in directory: borrowing OwnedDescriptor, _ freed: inout FreedSpace
    ) throws(SystemError) {
        do throws(SystemError) {
            let status = try directory.status(of: name)
            try directory.unlink(name)
            freed.count(status)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory: return
            case .isDirectory: break
            default: throw error
            }
            try directory.makeAccessible(name)
            let children = try directory.openDirectory(name)
            for child in try children.names() { try remove(child, in: children, &freed) }
            try directory.unlink(name, .directory)
        }
    }
}
