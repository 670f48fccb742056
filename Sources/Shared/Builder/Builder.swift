public import Diagnostics
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
}
