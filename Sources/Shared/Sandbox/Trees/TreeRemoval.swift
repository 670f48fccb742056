import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Removes a tree, whatever its depth, by descriptors of its directories.
struct TreeRemoval: ~Copyable {
    /// The directories on the way down to where we are.
    ///
    /// Only the deepest few are open: a tree may be deeper than a process may hold descriptors.
    private var levels: [Level] = []
    private let openLevels: Int

    private struct Level {
        /// `nil` where it was closed for a deeper one; `..` of the deeper one leads back.
        var listing: DirectoryListing?
        var identity: FileStatus.Identity
        var name: ByteString
        /// How often it was listed anew because something was left.
        var repeats = 0
    }

    /// Removes the trees of these names below the working directory; what is gone already is fine.
    ///
    /// Symbolic links are removed, not followed. A failure stops the removal of that tree only; the first one is thrown.
    static func remove(_ names: [ByteString], openLevels: Int = 64) throws(HelperFailure) {
        try checkNames(names)
        let here = try during(.removeTrees) { () throws(SystemError) in
            try DirectoryListing(try OwnedDescriptor.open(directory: "."))
        }
        var firstFailure: HelperFailure?
        for name in names {
            var removal = TreeRemoval(openLevels: openLevels)
            do throws(SystemError) {
                try removal.remove(name, in: here)
            } catch {
                firstFailure = firstFailure ?? HelperFailure(.removeTrees, error)
            }
        }
        if let firstFailure { throw firstFailure }
    }

    /// Refuses what is no name of one component, before anything is done.
    static func checkNames(_ names: [ByteString]) throws(HelperFailure) {
        for name in names where !isComponent(name) {
            throw HelperFailure(
                .removeTrees, call: "unlinkat", path: name, errno: EINVAL, detail: "not the name of a file")
        }
    }

    private init(openLevels: Int) { self.openLevels = openLevels }

    private static func isComponent(_ name: ByteString) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.bytes.contains(0x2f) && !name.containsNUL
    }

    private mutating func remove(_ name: ByteString, in top: DirectoryListing) throws(SystemError) {
        if try Self.unlink(name, in: top) { return }
        try enter(name, from: top)
        while let level = levels.last, let listing = level.listing {
            guard let entry = try listing.next() else {
                try leave(level, listing, top: top)
                continue
            }
            let isGone = entry.isDirectory ? false : try Self.unlink(entry.name, in: listing)
            if !isGone { try enter(entry.name, from: listing) }
        }
    }

    private mutating func enter(_ name: ByteString, from parent: DirectoryListing) throws(SystemError) {
        let directory: OwnedDescriptor
        do throws(SystemError) {
            directory = try Self.openat(name, in: parent, O_RDONLY | O_DIRECTORY)
        } catch {
            guard error.errno == .permissionDenied else { throw error }
            try Self.makeAccessible(name, in: parent)
            directory = try Self.openat(name, in: parent, O_RDONLY | O_DIRECTORY)
        }
        let status = try directory.status()
        if status.permissions & 0o700 != 0o700 {
            let raw = directory.raw
            // Where this fails, the removal of what is inside says why, if it matters.
            _ = fchmod(raw, status.permissions | 0o700)
        }
        levels.append(Level(listing: try DirectoryListing(directory), identity: status.identity, name: name))
        let closed = levels.count - 1 - openLevels
        if closed >= 0 { levels[closed].listing = nil }
    }

    /// Goes back to the parent and removes the directory, of which the listing has shown everything.
    private mutating func leave(_ level: Level, _ listing: DirectoryListing, top: DirectoryListing) throws(SystemError)
    {
        let parent = try openParent(of: listing) ?? top
        do throws(SystemError) {
            let raw = parent.raw
            try unsafe level.name.withCString(for: "unlinkat") { (name) throws(SystemError) in
                _ = try check("unlinkat", level.name) { unsafe unlinkat(raw, name, AT_REMOVEDIR) }
            }
        } catch {
            if error.errno == .directoryNotEmpty, level.repeats < 8 {
                // Some file systems leave entries out of a listing while others are being removed.
                listing.rewind()
                levels[levels.count - 1].repeats += 1
                return
            }
            guard error.errno == .noSuchFileOrDirectory else { throw error }
        }
        levels.removeLast()
    }

    /// The level above the deepest one, opened again where it was closed; `nil` above the tree itself.
    private mutating func openParent(of listing: DirectoryListing) throws(SystemError) -> DirectoryListing? {
        let index = levels.count - 2
        guard index >= 0 else { return nil }
        if let parent = levels[index].listing { return parent }
        let raw = listing.raw
        let opened = try check("openat", "..") { unsafe stk_openat(raw, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        let directory = OwnedDescriptor(adopting: opened)
        // Somebody may have moved the directory away from under us.
        guard try directory.status().identity == levels[index].identity else {
            throw SystemError("openat", "..", errno: .noSuchFileOrDirectory)
        }
        let parent = try DirectoryListing(directory)
        levels[index].listing = parent
        return parent
    }

    /// Removes what is not a directory; false where it is one.
    private static func unlink(_ name: ByteString, in parent: DirectoryListing) throws(SystemError) -> Bool {
        let raw = parent.raw
        do throws(SystemError) {
            try unsafe name.withCString(for: "unlinkat") { (text) throws(SystemError) in
                _ = try check("unlinkat", name) { unsafe unlinkat(raw, text, 0) }
            }
            return true
        } catch {
            if error.errno == .isDirectory { return false }
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return true
        }
    }

    /// Opens an entry that is no symbolic link; one with something mounted on it is `EXDEV`.
    static func openat(
        _ name: ByteString, in parent: DirectoryListing, _ flags: CInt
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = parent.raw
        let flags = flags | O_NOFOLLOW | O_CLOEXEC
        let opened = try unsafe name.withCString(for: "openat2") { (text) throws(SystemError) -> CInt? in
            do throws(SystemError) {
                return try check("openat2", name) {
                    var how = stk_open_how(
                        flags: UInt64(UInt32(bitPattern: flags)), mode: 0,
                        resolve: stk_resolve_beneath | stk_resolve_no_symlinks | stk_resolve_no_mounts)
                    return unsafe stk_openat2(raw, text, &how)
                }
            } catch {
                // Some filters make the call seem missing, on kernels that have it.
                guard error.errno == .noFunction else { throw error }
                return nil
            }
        }
        if let opened { return OwnedDescriptor(adopting: opened) }
        return try openatComparingDevices(name, in: parent, flags)
    }

    private static func openatComparingDevices(
        _ name: ByteString, in parent: DirectoryListing, _ flags: CInt
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = parent.raw
        let opened = try unsafe name.withCString(for: "openat") { (text) throws(SystemError) in
            try check("openat", name) { unsafe stk_openat(raw, text, flags, 0) }
        }
        let entry = OwnedDescriptor(adopting: opened)
        var above = stat()
        try check("fstat") { unsafe fstat(raw, &above) }
        guard try entry.status().device == UInt64(above.st_dev) else {
            throw SystemError("openat", name, errno: .improperLink)
        }
        return entry
    }

    private static func makeAccessible(_ name: ByteString, in parent: DirectoryListing) throws(SystemError) {
        let directory = try openat(name, in: parent, stk_o_path | O_DIRECTORY)
        // The only way to the mode of a directory that cannot be opened: fchmodat(2) would follow a link that took its
        // place, and fchmod(2) refuses such a descriptor.
        let path = "/proc/self/fd/\(directory.raw)"
        try check("chmod", name) { unsafe chmod(path, 0o700) }
    }
}
