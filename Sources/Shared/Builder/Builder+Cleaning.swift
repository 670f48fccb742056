public import Diagnostics
import LinuxSystem
import OCI
import Storage
import SystemPackage

extension Builder {
    /// Removes what earlier builds keep and nobody needs any more, and says how much that was.
    public static func collectGarbage(_ request: GarbageRequest) async throws(Failure) {
        try await attempt("cannot remove what is not needed") {
            guard try isPresent(request.directories) else { return request.log.info("nothing is built yet") }
            let locks = try BuildLocks(request.directories)
            defer { withExtendedLifetime(locks) {} }
            try await Namespace.explaining(roots: request.directories.roots) {
                try await GarbageCollection(request).run()
            }
        }
    }

    /// Removes what builds made: roots, blobs, imports and the output layout; whatever else is there stays.
    public static func clean(_ directories: Directories, log: Log) async throws(Failure) {
        try await attempt("cleaning failed") {
            let isPresent = try isPresent(directories)
            let locks = isPresent ? try BuildLocks(directories) : nil
            defer { withExtendedLifetime(locks) {} }
            var freed = FreedSpace()
            if isPresent { freed.bytes &+= try await removeRoots(directories, log: log) }
            let layout = try ImageLayout.remove(directories.oci, limits: Limits())
            for name in layout.left {
                log.info("left \(ByteString(directories.oci))/\(name), which stacker did not make")
            }
            freed += layout.freed
            freed += try PrivateDirectory.remove(
                [
                    "blobs", "cache", "imports", "imports-copy", "logs", "oci-blobs", "git", "foreign-program",
                    StorageType.fileName,
                ], from: directories.stacker)
            for path in [directories.roots, directories.stacker] {
                try PrivateDirectory.remove([DirectoryLock.name], from: path)
                try PrivateDirectory.removeIfEmpty(path)
            }
            if isPresent { log.info("freed \(ByteCount(freed.bytes))") }
        }
    }

    private static func isPresent(_ directories: Directories) throws -> Bool {
        if try PrivateDirectory.exists(directories.roots) { return true }
        return try PrivateDirectory.exists(directories.stacker)
    }

    private static func removeRoots(_ directories: Directories, log: Log) async throws -> UInt64 {
        let entrance = try Namespace.entrance(roots: directories.roots)
        let storage = try OverlayStorage(
            roots: directories.roots, helper: entrance.helper, namespace: entrance.namespace)
        let removal = try await storage.removeAll()
        for name in removal.foreign {
            log.info("left \(ByteString(directories.roots))/\(name), which stacker did not make")
        }
        return removal.bytes
    }
}
