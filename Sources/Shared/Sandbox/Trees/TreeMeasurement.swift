import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// What trees take on the disk.
///
/// It is for people, and for the order in which things are removed, so what cannot be looked at counts as nothing.
struct TreeMeasurement {
    private var bytes: UInt64 = 0
    private var openLevels = 0

    /// Each level is an open descriptor; what is deeper is not counted.
    private static let deepest = 64

    /// Bytes of each of these trees below the working directory.
    static func measure(_ names: [ByteString]) throws(HelperFailure) -> [UInt64] {
        try TreeRemoval.checkNames(names)
        let here = try during(.removeTrees) { () throws(SystemError) in
            try DirectoryListing(try OwnedDescriptor.open(directory: "."))
        }
        return names.map { name in
            var measurement = TreeMeasurement()
            measurement.add(name, in: here)
            return measurement.bytes
        }
    }

    private mutating func add(_ name: ByteString, in parent: DirectoryListing) {
        guard let status = Self.status(of: name, in: parent) else { return }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        // Of a file with several names each counts for its part.
        let names = isDirectory ? 1 : max(1, UInt64(status.st_nlink))
        bytes &+= UInt64(clamping: status.st_blocks) &* 512 / names
        guard isDirectory, openLevels < Self.deepest,
            let directory = try? TreeRemoval.openat(name, in: parent, O_RDONLY | O_DIRECTORY),
            let listing = try? DirectoryListing(directory)
        else { return }
        openLevels += 1
        while let entry = try? listing.next() { add(entry.name, in: listing) }
        openLevels -= 1
    }

    private static func status(of name: ByteString, in parent: DirectoryListing) -> stat? {
        let raw = parent.raw
        var status = stat()
        let result = try? unsafe name.withCString(for: "fstatat") { (text) throws(SystemError) in
            unsafe fstatat(raw, text, &status, AT_SYMLINK_NOFOLLOW)
        }
        return result == 0 ? status : nil
    }
}
