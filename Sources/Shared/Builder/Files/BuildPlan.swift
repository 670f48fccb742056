import Diagnostics
import Stackerfile

/// What is to be built: the images that were asked for and those they need, in build order.
struct BuildPlan: Sendable {
    let files: BuildFiles
    let images: [RecipeGraph.PlannedImage]

    init(_ request: BuildRequest) throws(Failure) {
        files = try BuildFiles(request)
        let order: [RecipeGraph.PlannedImage]
        do { order = try files.graph.buildOrder() } catch { throw error.explanation }
        images = try files.graph.selecting(request.images, of: order)
        request.log.debug("images in build order: \(images.map(\.image.name).joined(separator: " "))")
    }
}
