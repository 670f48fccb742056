import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Removes from an image what was only made to mount something on it.
enum MountPointRemoval {
    /// Removes those that are still as they were made; each directory that held one gets its times back.
    ///
    /// `root` must be of a mount namespace where nothing is mounted on the image.
    static func remove(_ points: [MadeMountPoint], in root: borrowing OwnedDescriptor) throws(SystemError) {
        // Last made, first removed: so a directory that was made for another one is empty in its turn, and times go
        // back step by step.
        for point in points.reversed() {
            do throws(SystemError) {
                try remove(point, in: root)
            } catch {
                // The command has removed or used it, or put something else in its place: then it is the command's.
                let used: [Errno] = [
                    .noSuchFileOrDirectory, .notDirectory, .directoryNotEmpty, .tooManySymbolicLinkLevels,
                    .isDirectory, .improperLink,
                ]
                guard used.contains(error.errno) else { throw error }
            }
        }
    }

    private static func remove(
        _ point: MadeMountPoint, in root: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let path = ByteString(Array("./".utf8) + point.parent.bytes)
        let parent = try OwnedDescriptor.open(path, in: root, O_DIRECTORY, resolving: .noSymbolicLinks)
        let own = try OwnedDescriptor.open(point.name, in: parent, stk_o_path, resolving: .noSymbolicLinks).status()
        guard own.modified == point.modified, (own.kind == .directory) == point.isDirectory,
            own.kind == .directory || (own.kind == .regular && own.size == 0)
        else { return }
        let before = try parent.status()
        let raw = parent.raw
        try unsafe point.name.withCString(for: "unlinkat") { (name) throws(SystemError) in
            _ = try check("unlinkat", point.name) { unsafe unlinkat(raw, name, point.isDirectory ? AT_REMOVEDIR : 0) }
        }
        let untouched = before.modified == point.parentModifiedAfter
        var times = before
        if untouched { (times.accessed, times.modified) = (point.parentAccessed, point.parentModified) }
        try parent.setTimes(times)
    }
}
