import Diagnostics
import Stackerfile

/// The files of a build, read and found to go together.
struct BuildFiles: Sendable {
    let graph: RecipeGraph
    /// Where each file of the graph is from.
    let sources: [RecipeSource]

    /// Reads the files of a request and their prerequisites, and tells of what is deprecated in them.
    init(_ request: BuildRequest) throws(Failure) { self = try RecipeLoader.load(request) }

    init(graph: RecipeGraph, sources: [RecipeSource]) { (self.graph, self.sources) = (graph, sources) }

    /// The images of all files.
    var images: [ImageRecipe] { graph.images }

    /// The place of the file that describes the image.
    func place(of image: ImageRecipe) -> Int? {
        graph.files.firstIndex { $0.recipe.images.contains { $0.name == image.name } }
    }

    /// In which order the files are built, one line for each; scripts look for these lines.
    var order: [String] {
        let lines = graph.order.enumerated().map { index, place in
            let needed = graph.files[place].prerequisites.map { sources[$0].name.description }
            return "\(index) build \(sources[place].name): requires: [\(needed.joined(separator: " "))]"
        }
        return ["stacker build order:"] + lines
    }
}
