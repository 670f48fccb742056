public import Diagnostics
import Glibc
public import SystemPackage

/// Directories of stacker's own, such as `.stacker` and `roots`.
///
/// A project that was downloaded may ship links under these names; following one would let a build delete or
/// overwrite what it points to.
public enum PrivateDirectory {
    /// Opens the directory; makes it with mode 0700, whatever the umask, if it is missing, and those above it.
    ///
    /// - Throws: ``Failure`` when the last component is a symbolic link or no directory, or when others decide what is
    ///   in it: whatever a build finds there, it trusts.
    public static func open(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        let directory = try openDirectory(path)
        let status: FileStatus
        do { status = try directory.status() } catch { throw error.explanation }
        guard status.user == geteuid() else {
            throw Failure(
                "\(ByteString(path)) belongs to uid \(status.user), and this is uid \(geteuid())",
                hint: "name a directory of your own on the command line, or let its owner remove this one",
                class: .permission)
        }
        guard status.permissions & 0o002 == 0 else {
            throw Failure(
                "every user can write to \(ByteString(path))",
                hint: "look at what is in it, then `chmod o-w` it, or remove it", class: .rejected)
        }
        return directory
    }

    private static func openDirectory(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        guard let name = path.lastComponent else {
            throw Failure("/ cannot be a directory of stacker's own", class: .rejected)
        }
        do throws(SystemError) {
            let parent = try OwnedDescriptor.makeSharedDirectories(path.removingLastComponent())
            return try open(ByteString(FilePath(root: nil, [name])), in: parent, mode: 0o700)
        } catch {
            guard [.notDirectory, .tooManySymbolicLinkLevels, .improperLink].contains(error.errno) else {
                throw SystemError(error.call, ByteString(path), errno: error.errno).explanation
            }
            throw Failure(
                "\(ByteString(path)) is a symbolic link or no directory",
                causes: ["stacker does not follow links to its own directories"],
                hint: "remove it, or name the directory itself on the command line", class: .rejected)
        }
    }

    /// Opens the entry `name` as a directory, never through a symbolic link; makes it with `mode` if it is missing.
    public static func open(
        _ name: ByteString, in parent: borrowing OwnedDescriptor, mode: UInt32
    ) throws(SystemError) -> OwnedDescriptor {
        do throws(SystemError) {
            try parent.makeDirectory(name, mode: mode)
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
        return try parent.openDirectory(name)
    }
}

extension PrivateDirectory {
    /// Whether there is anything under this name, a link or a file too.
    public static func exists(_ path: FilePath) throws(SystemError) -> Bool {
        guard let name = path.lastComponent else { return true }
        do throws(SystemError) {
            let parent = try OwnedDescriptor.open(directoryOf: path)
            _ = try parent.status(of: ByteString(FilePath(root: nil, [name])))
            return true
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }

    /// Removes these entries of the directory and what is below them; missing ones are fine.
    ///
    /// - Returns: What that gave back.
    @discardableResult
    public static func remove(_ names: [ByteString], from path: FilePath) throws -> FreedSpace {
        var freed = FreedSpace()
        guard try exists(path) else { return freed }
        let directory = try open(path)
        for name in names { try FileTree.remove(name, in: directory, &freed) }
        return freed
    }

    /// Removes the directory unless something is in it.
    public static func removeIfEmpty(_ path: FilePath) throws(SystemError) {
        guard let name = path.lastComponent, try exists(path) else { return }
        do throws(SystemError) {
            let parent = try OwnedDescriptor.open(directoryOf: path)
            try parent.unlink(ByteString(FilePath(root: nil, [name])), .directory)
        } catch {
            guard error.errno == .directoryNotEmpty else { throw error }
        }
    }
}
