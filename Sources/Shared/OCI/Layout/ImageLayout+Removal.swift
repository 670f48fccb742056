import Digests
public import Diagnostics
import Glibc
public import LinuxSystem
public import SystemPackage

extension ImageLayout {
    /// What ``remove(_:limits:)`` did.
    public struct Removal: Sendable {
        public var freed = FreedSpace()
        /// What belongs to no layout and stays, as paths below the layout's directory.
        public var left: [ByteString] = []
    }

    /// Removes a layout with all its blobs; a file that belongs to no layout stays, and its directories with it.
    ///
    /// Nothing happens where there is no layout. The index goes first, so that it never names what is gone; the file
    /// that makes the directory a layout goes last, and stays beside files of others: a build then finds a layout.
    /// Nothing here needs space on the disk.
    public static func remove(_ path: FilePath, limits: Limits) throws(Failure) -> Removal {
        try attempt("remove the OCI layout \(ByteString(path))") {
            var removal = Removal()
            guard try exists(path) else { return removal }
            let root = try openWithoutLinks(path)
            let lock = try LayoutLock(root, limits: limits)
            defer { withExtendedLifetime(lock) {} }
            guard try root.openFile(versionName) != nil else { return removal }
            try removal.unlink(indexName, in: root)
            try removeBlobs(in: root, &removal)
            for name in try root.names() where TemporaryName.matches(name) { try removal.unlink(name, in: root) }
            removal.left += try root.names().filter { ![versionName, "blobs"].contains($0) }
            guard removal.left.isEmpty else { return removal }
            try removal.unlink(versionName, in: root)
            do throws(SystemError) {
                try check("rmdir", ByteString(path)) { unsafe path.withPlatformString { unsafe rmdir($0) } }
            } catch {
                // What somebody put there right now is no failure of ours.
                guard hasContents(error) else { throw error }
            }
            return removal
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

    private static func removeBlobs(in root: borrowing OwnedDescriptor, _ removal: inout Removal) throws {
        guard let blobs = try openIfPresent("blobs", in: root) else { return }
        if let digests = try openIfPresent("sha256", in: blobs) {
            for name in try digests.names() where Digest(fileName: name) != nil {
                try removal.unlink(name, in: digests)
            }
            removal.left += try digests.names().map { ByteString(Array("blobs/sha256/".utf8) + $0.bytes) }
        }
        for name in try blobs.names() where TemporaryName.matches(name) { try removal.unlink(name, in: blobs) }
        removal.left += try blobs.names().filter { $0 != "sha256" }.map { ByteString(Array("blobs/".utf8) + $0.bytes) }
        try removeIfEmpty("sha256", in: blobs)
        try removeIfEmpty("blobs", in: root)
    }

    private static func openIfPresent(
        _ name: ByteString, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try directory.openDirectory(name)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Removes the directory unless it holds something, or there is none.
    private static func removeIfEmpty(
        _ name: ByteString, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        do throws(SystemError) {
            try directory.unlink(name, .directory)
        } catch {
            guard error.errno == .noSuchFileOrDirectory || hasContents(error) else { throw error }
        }
    }

    /// rmdir(2) may say either.
    private static func hasContents(_ error: SystemError) -> Bool {
        [.directoryNotEmpty, .fileExists].contains(error.errno)
    }
}

extension ImageLayout.Removal {
    /// Removes a file, if it is there.
    fileprivate mutating func unlink(
        _ name: ByteString, in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        do throws(SystemError) {
            let status = try directory.status(of: name)
            try directory.unlink(name)
            freed.count(status)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
        }
    }
}
