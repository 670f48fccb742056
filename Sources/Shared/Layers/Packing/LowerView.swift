import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// What lies below a layer, followed directory by directory beside the walk of the layer itself.
///
/// Only names are looked up, one component at a time and never through a symbolic link. The view does not change
/// while it is walked.
struct LowerView: ~Copyable {
    private var directory: OwnedDescriptor

    init(root: consuming OwnedDescriptor) { directory = root }

    /// What has the name of `entry`, which is an entry of the upper directory; `nil` where nothing has.
    func status(
        of entry: DirectoryListing.Entry, in listing: DirectoryListing, at path: ByteString
    ) throws(SystemError) -> FileStatus? {
        do {
            return try listing.status(of: entry, in: directory.raw, at: path)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }

    /// The directory with the name of `entry`, to be read.
    func open(
        _ entry: DirectoryListing.Entry, of listing: DirectoryListing, at path: ByteString
    ) throws(SystemError) -> OwnedDescriptor {
        try listing.open(entry, in: directory.raw, O_DIRECTORY, at: path)
    }

    mutating func enter(
        _ entry: DirectoryListing.Entry, of listing: DirectoryListing, at path: ByteString
    ) throws(SystemError) {
        directory = try listing.open(entry, in: directory.raw, O_DIRECTORY | stk_o_path, at: path)
    }

    mutating func leave(at path: ByteString) throws(SystemError) {
        directory = try directory.openParent(flags: stk_o_path, at: path)
    }
}

extension OwnedDescriptor {
    /// Opens the directory above this directory.
    func openParent(flags: CInt = 0, at path: ByteString) throws(SystemError) -> OwnedDescriptor {
        let raw = raw
        return OwnedDescriptor(
            adopting: try check("openat", path) {
                unsafe stk_openat(raw, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags, 0)
            })
    }
}
