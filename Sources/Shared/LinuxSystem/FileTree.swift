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
        try copy([name], from: source, into: target)
    }

    /// Copies several entries and what is below them; names of one file stay names of one file.
    ///
    /// Directories of `leftOut` are passed over. With `mirroring`, what has one of the names already is made the same:
    /// files that are the same are left alone, everything else goes, so that nothing stays which a copy would not make.
    /// What `excludes` says of a path, which begins with one of the names, is passed over like a directory of `leftOut`.
    public static func copy(
        _ names: [ByteString], from source: borrowing OwnedDescriptor, into target: borrowing OwnedDescriptor,
        leavingOut leftOut: Set<FileStatus.Identity> = [], mirroring: Bool = false,
        excluding excludes: ((_ path: ByteString, _ isDirectory: Bool) -> Bool)? = nil
    ) throws(SystemError) {
        var run = CopyRun(leftOut: leftOut, mirrors: mirroring, excludes: excludes)
        for name in names { try copy(name, from: source, into: target, at: name, of: target, &run) }
    }

    private struct CopyRun {
        let leftOut: Set<FileStatus.Identity>
        let mirrors: Bool
        let excludes: ((ByteString, Bool) -> Bool)?
        /// Where, for a file with several names, the first one is.
        var linked: [FileStatus.Identity: ByteString] = [:]
    }

    /// `path` is where the copy will be below `root`.
    private static func copy(
        _ name: ByteString, from source: borrowing OwnedDescriptor, into target: borrowing OwnedDescriptor,
        at path: ByteString, of root: borrowing OwnedDescriptor, _ run: inout CopyRun
    ) throws(SystemError) {
        let status = try source.status(of: name)
        let isLeftOut = status.kind == .directory && run.leftOut.contains(status.identity)
        if isLeftOut || run.excludes?(path, status.kind == .directory) ?? false {
            if run.mirrors { try remove(name, in: target) }
            return
        }
        if run.mirrors, try keep(name, status, from: source, in: target) { return }
        switch status.kind {
        case .regular:
            if status.links > 1, let first = run.linked[status.identity],
                try link(name, in: target, to: first, of: root)
            {
                return
            }
            try copyFile(name, status, from: source, into: target)
            if status.links > 1 { run.linked[status.identity] = path }
        case .symbolicLink: try target.makeSymbolicLink(name, to: try source.linkTarget(of: name))
        case .directory:
            let from = try source.openDirectory(name)
            let children = try from.names().sorted()
            let to = try directory(name, for: children, in: target, &run)
            for child in children {
                let place = ByteString(path.bytes + [UInt8(ascii: "/")] + child.bytes)
                try copy(child, from: from, into: to, at: place, of: root, &run)
            }
            try to.setMode(status.permissions)
            try to.setTimes(status)
        default: throw SystemError("copy", name, errno: .notSupported)
        }
    }

    /// A directory for the copy: a new one, or, when mirroring, the one that is there without what it should not have.
    private static func directory(
        _ name: ByteString, for children: [ByteString], in target: borrowing OwnedDescriptor, _ run: inout CopyRun
    ) throws(SystemError) -> OwnedDescriptor {
        guard run.mirrors, try status(of: name, in: target)?.kind == .directory else {
            try target.makeDirectory(name, mode: 0o700)
            return try target.openDirectory(name)
        }
        try target.makeAccessible(name)
        let existing = try target.openDirectory(name)
        let wanted = Set(children)
        for child in try existing.names() where !wanted.contains(child) { try remove(child, in: existing) }
        return existing
    }

    static func status(
        of name: ByteString, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) -> FileStatus? {
        do throws(SystemError) {
            return try directory.status(of: name)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Every part of `first` was made by this copy, so no link is followed.
    ///
    /// - Returns: `false` where a copy has to do.
    private static func link(
        _ name: ByteString, in target: borrowing OwnedDescriptor, to first: ByteString,
        of root: borrowing OwnedDescriptor
    ) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try root.link(first, into: target, as: name)
            return true
        } catch {
            guard [.tooManyLinks, .fileNameTooLong, .notPermitted].contains(error.errno) else { throw error }
            return false
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
