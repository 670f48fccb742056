public import Diagnostics
import Glibc
public import SystemPackage

/// Entries and files that others may use too.
extension OwnedDescriptor {
    /// Opens a directory of the host; makes it, and those above it that are missing.
    ///
    /// The umask decides who may use them. An empty path is the working directory.
    public static func makeSharedDirectories(_ path: FilePath) throws(SystemError) -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor.open(directory: path.isEmpty ? "." : path)
        } catch {
            guard error.errno == .noSuchFileOrDirectory, let name = path.lastComponent else { throw error }
            let parent = try makeSharedDirectories(path.removingLastComponent())
            do throws(SystemError) {
                try parent.makeSharedDirectory(ByteString(FilePath(root: nil, [name])))
            } catch {
                // A dangling symbolic link is there as well; opening it says so.
                guard error.errno == .fileExists else { throw error }
            }
            return try OwnedDescriptor.open(directory: path)
        }
    }

    /// Makes a directory as mkdir(1) would: the umask decides who may use it.
    public func makeSharedDirectory(_ name: ByteString) throws(SystemError) {
        let raw = raw
        try unsafe name.withCString(for: "mkdirat") { (text) throws(SystemError) in
            _ = try check("mkdirat", name) { unsafe mkdirat(raw, text, 0o777) }
        }
    }

    /// Gives the file `name` a second name in `directory`; `EEXIST` where that is taken, and nothing is followed.
    public func link(
        _ name: ByteString, into directory: borrowing OwnedDescriptor, as newName: ByteString
    ) throws(SystemError) {
        let (from, to) = (raw, directory.raw)
        try unsafe name.withCString(for: "linkat") { (old) throws(SystemError) in
            try unsafe newName.withCString(for: "linkat") { (new) throws(SystemError) in
                _ = try check("linkat", newName) { unsafe linkat(from, old, to, new, 0) }
            }
        }
    }

    public func setOwner(_ user: UInt32, group: UInt32) throws(SystemError) {
        let raw = raw
        try check("fchown") { fchown(raw, user, group) }
    }

    /// Takes the flock(2) of the open file, or fails with `EWOULDBLOCK` where another open of it holds that.
    ///
    /// It is given up when the last duplicate of this descriptor is closed.
    public func lockExclusively() throws(SystemError) {
        let raw = raw
        try check("flock") { flock(raw, LOCK_EX | LOCK_NB) }
    }
}
