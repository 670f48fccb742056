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
    /// Builds every image of the file, each after the images it needs.
    public static func build(_ request: BuildRequest) async throws(Failure) {
        // Other processes make the namespace, while this one reads the file.
        async let entering = Namespace.entered(roots: request.directories.roots)
        let recipe = try RecipeFile.read(request)
        let images: [ImageRecipe]
        do { images = try recipe.buildOrder() } catch { throw error.explanation }
        let context = try BuildContext(
            request: request, stackerfile: recipe.text, entered: try await entering.get())
        var built: [String: BuiltImage] = [:]
        for image in images {
            request.log.info("preparing image \(image.name)...")
            let known = built
            built[image.name] = try await attempt("cannot build \"\(image.name)\"") {
                let finished = try await Namespace.explaining(roots: request.directories.roots) {
                    try await ImageBuild(image: image, context: context, built: known).run()
                }
                if let manifest = finished.manifest { try context.layout.replaceTags([(image.name, manifest)]) }
                return finished
            }
            request.log.info("filesystem \(image.name) built successfully")
        }
        try await attempt("clean up after the build") {
            try context.layout.sweep()
            try await context.storage.emptyTrash()
        }
    }

    /// Removes what builds made: roots, blobs, imports and the output layout; whatever else is there stays.
    public static func clean(_ directories: Directories, log: Log) async throws(Failure) {
        try await attempt("cleaning failed") {
            let present =
                try PrivateDirectory.exists(directories.roots)
                ? true : try PrivateDirectory.exists(directories.stacker)
            let locks = present ? try BuildLocks(directories) : nil
            if present {
                let helper = try Helper.locate()
                let storage = try OverlayStorage(
                    roots: directories.roots, helper: helper,
                    namespace: try await Namespace.enter(helper, roots: directories.roots))
                for name in try await storage.removeAll() {
                    log.info("left \(ByteString(directories.roots))/\(name), which stacker did not make")
                }
            }
            for name in try ImageLayout.remove(directories.oci, limits: Limits()).left {
                log.info("left \(ByteString(directories.oci))/\(name), which stacker did not make")
            }
            try PrivateDirectory.remove(["blobs", "imports", "oci-blobs"], from: directories.stacker)
            for path in [directories.roots, directories.stacker] {
                try PrivateDirectory.remove([DirectoryLock.name], from: path)
                try PrivateDirectory.removeIfEmpty(path)
            }
            withExtendedLifetime(locks) {}
        }
    }
}
