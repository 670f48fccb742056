import Diagnostics
import Stackerfile
import SystemPackage

/// What is to be built: the images that were asked for and those they need, in build order.
struct BuildPlan: Sendable {
    let recipe: Recipe
    let images: [ImageRecipe]

    /// Reads the stacker.yaml of a request, and tells of what is deprecated in it.
    init(_ request: BuildRequest) throws(Failure) {
        recipe = try RecipeFile.read(request)
        let order: [ImageRecipe]
        do { order = try recipe.buildOrder() } catch { throw error.explanation }
        images = try recipe.selecting(request.images, of: order)
    }

    /// Tells in which order files are built; scripts look for these lines, which come last.
    func logOrder(_ log: Log) {
        log.debug("images in build order: \(images.map(\.name).joined(separator: " "))")
        log.debug("stacker build order:")
        log.debug("0 build \(ByteString(recipe.file)): requires: []")
    }
}
