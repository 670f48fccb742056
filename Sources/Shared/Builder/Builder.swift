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
        for line in plan.files.order { request.log.debug(line) }
        let context = try BuildContext(
            request: request, files: plan.files,
            entrance: try Namespace.entrance(roots: request.directories.roots))
        try ForeignPrograms.check(plan.images.map(\.image), scratch: request.directories.stacker)
        defer { context.cache.save() }
        let hasChanged = try await ParallelBuild(images: plan.images, context: context).run()
        try await attempt("clean up after the build") {
            if hasChanged { try context.layout.sweep() }
            try await context.storage.emptyTrash()
        }
    }

    /// In which order the files of a request would be built: a heading, and a line for each.
    public static func order(_ request: BuildRequest) throws(Failure) -> [String] { try BuildPlan(request).files.order }
}
