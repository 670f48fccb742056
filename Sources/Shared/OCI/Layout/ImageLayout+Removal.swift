import Digests
public import Diagnostics
import Glibc
import LinuxSystem
public import SystemPackage

extension ImageLayout {
    /// Removes a layout with all its blobs; a file that belongs to no layout stays, and its directories with it.
    ///
    /// Nothing happens where there is no layout.
    public static func remove(_ path: FilePath) throws(Failure) {
        try attempt("remove the OCI layout \(ByteString(path))") {
            guard try exists(path) else { return }
            let root = try openWithoutLinks(path)
            guard try root.openFile(versionName) != nil else { return }
            try removeBlobs(in: root)
            for name in [indexName, versionName] { try removeIfPossible(name, .file, in: root) }
            do throws(SystemError) {
                try check("rmdir", ByteString(path)) { unsafe path.withPlatformString { unsafe rmdir($0) } }
            } catch {
                guard hasContents(error) else { throw error }
            }
        }
    }

    private static func exists(_ path: FilePath) throws(SystemError) -> Bool {
        do throws(SystemError) {
            _ = try OwnedDescriptor.open(directory: path)
            return true
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }

    private static func removeBlobs(in root: borrowing OwnedDescriptor) throws(SystemError) {
        let blobs = try root.openDirectory("blobs")
        let digests = try blobs.openDirectory("sha256")
        for name in try digests.names() where Digest(fileName: name) != nil { try digests.unlink(name) }
        for name in try blobs.names() where TemporaryName.matches(name) { try blobs.unlink(name) }
        try removeIfPossible("sha256", .directory, in: blobs)
        try removeIfPossible("blobs", .directory, in: root)
    }

    /// Removes the entry unless it is a directory that holds something, or there is none.
    private static func removeIfPossible(
        _ name: ByteString, _ kind: OwnedDescriptor.Unlinked, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        do throws(SystemError) {
            try directory.unlink(name, kind)
        } catch {
            guard error.errno == .noSuchFileOrDirectory || hasContents(error) else { throw error }
        }
    }

    /// rmdir(2) may say either.
    private static func hasContents(_ error: SystemError) -> Bool {
        [.directoryNotEmpty, .fileExists].contains(error.errno)
    }
}
