import Accounts
import Checks
public import Diagnostics
import Glibc
import HelperClient
import HelperProtocol
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// Builds images from a stacker.yaml, and takes away what builds leave.
public enum Builder {
    /// Builds the images that are asked for, each after those it needs.
    ///
    /// - Throws: ``Failure``, or what ``BuildReporter/write(_:)`` threw.
    public static func build(_ request: BuildRequest) async throws {
        let plan = try BuildPlan(request)
        let context = try BuildContext(
            request: request, stackerfile: plan.recipe.text,
            entrance: try Namespace.entrance(roots: request.directories.roots))
        try ForeignPrograms.check(plan.images, scratch: request.directories.stacker)
        defer { context.cache.save() }
        let hasChanged = try await ParallelBuild(images: plan.images, context: context).run()
        try await attempt("clean up after the build") {
            if hasChanged { try context.layout.sweep() }
            try await context.storage.emptyTrash()
        }
    }

    /// Works out what would be built, and in which order, and tells it at debug level.
    public static func order(_ request: BuildRequest) throws(Failure) { try BuildPlan(request).logOrder(request.log) }

    /// Removes what builds made: roots, blobs, imports and the output layout; whatever else is there stays.
    public static func clean(_ directories: Directories, log: Log) async throws(Failure) {
        try await attempt("cleaning failed") {
            let present =
                try PrivateDirectory.exists(directories.roots)
                ? true : try PrivateDirectory.exists(directories.stacker)
            let locks = present ? try BuildLocks(directories) : nil
            if present {
                let entrance = try Namespace.entrance(roots: directories.roots)
                let storage = try OverlayStorage(
                    roots: directories.roots, helper: entrance.helper, namespace: entrance.namespace)
                for name in try await storage.removeAll() {
                    log.info("left \(ByteString(directories.roots))/\(name), which stacker did not make")
                }
            }
            for name in try ImageLayout.remove(directories.oci, limits: Limits()).left {
                log.info("left \(ByteString(directories.oci))/\(name), which stacker did not make")
            }
            try PrivateDirectory.remove(
                [
                    "blobs", "cache", "imports", "logs", "oci-blobs", "git", "foreign-program", StorageType.fileName,
                ], from: directories.stacker)
            for path in [directories.roots, directories.stacker] {
                try PrivateDirectory.remove([DirectoryLock.name], from: path)
                try PrivateDirectory.removeIfEmpty(path)
            }
            withExtendedLifetime(locks) {}
        }
    }
}
