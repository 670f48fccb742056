import Diagnostics

/// The files of one build: those that were asked for, and all that these need.
///
/// Files are known by their places here, which say nothing of their order.
public struct RecipeGraph: Sendable {
    public let files: [File]
    /// The places of the files, each after those it requires.
    public let order: [Int]
    /// In which file each image is.
    let homes: [String: Int]
    private let reach: Reachability

    /// One file, and those that it names.
    public struct File: Sendable {
        public var recipe: Recipe
        /// The places of its prerequisites, in the order in which it names them.
        public var prerequisites: [Int]

        public init(recipe: Recipe, prerequisites: [Int]) {
            self.recipe = recipe
            self.prerequisites = prerequisites
        }
    }

    /// An image, and the place of the file that describes it.
    public struct PlannedImage: Hashable, Sendable {
        public var image: ImageRecipe
        public var file: Int
    }

    /// - Throws: Every cycle of prerequisites, or else every name that two files give to an image.
    public init(_ files: [File]) throws(StackerfileErrors) {
        let sort = TopologicalSort(
            needs: files.map(\.prerequisites), isBefore: { ByteString(files[$0].name) < ByteString(files[$1].name) })
        self.files = files
        guard sort.cycles.isEmpty else { throw Self.report(of: sort.cycles, in: files) }
        order = sort.order
        reach = Reachability(needs: files.map(\.prerequisites), order: order)
        homes = try Self.homes(of: files, in: order)
    }

    /// The images of all files, each after those it needs: file by file, and in each as ``Recipe/buildOrder()`` has it.
    ///
    /// - Throws: One error for each image that needs one which neither its file nor what that requires has, or which in
    ///   the end needs it itself.
    public func buildOrder() throws(StackerfileErrors) -> [PlannedImage] {
        var images: [PlannedImage] = []
        var failures: [StackerfileErrors] = []
        for place in order {
            do throws(StackerfileErrors) {
                images += try files[place].recipe.buildOrder(beside: Surroundings(graph: self, place: place)).map {
                    PlannedImage(image: $0, file: place)
                }
            } catch {
                failures.append(error)
            }
        }
        if let all = StackerfileErrors(joining: failures) { throw all }
        return images
    }

    /// The images of all files, those of the files that come first in this value before others.
    public var images: [ImageRecipe] { files.flatMap(\.recipe.images) }

    /// What one file sees of the others.
    struct Surroundings {
        let graph: RecipeGraph
        let place: Int

        /// Whether a file that this one requires has the image.
        func builds(_ image: String) -> Bool {
            graph.homes[image].map { $0 != place && graph.reach.contains($0, from: place) } ?? false
        }

        /// The file that has the image, whichever it is.
        func home(of image: String) -> String? { graph.homes[image].map { graph.files[$0].name } }

        /// What would have helped where an image that another file has is missing.
        func wish(for image: String) -> String? {
            home(of: image).map { "\(ByteString($0)), which has \(image), among the prerequisites of this file" }
        }

        /// The images of files that this one requires.
        var names: [String] { graph.homes.keys.filter(builds).sorted() }
    }
}

extension RecipeGraph.File {
    var name: String { recipe.file }
}

extension RecipeGraph {
    /// Where each image is; a name that two files give is an error of the second one.
    private static func homes(of files: [File], in order: [Int]) throws(StackerfileErrors) -> [String: Int] {
        var homes: [String: (file: Int, mark: Mark)] = [:]
        var errors: [Diagnostic] = []
        for place in order {
            for image in files[place].recipe.images {
                guard let first = homes[image.name] else {
                    homes[image.name] = (place, image.nameMark)
                    continue
                }
                let other = files[first.file].recipe
                let here = "\(ByteString(other.file)):\(first.mark.line)"
                let there = "\(ByteString(files[place].name)):\(image.nameMark.line)"
                errors.append(
                    files[place].recipe.error(
                        "duplicate layer name: both \(here) and \(there) have \(image.name)", at: image.nameMark,
                        note: other.note("first given here", at: first.mark)))
            }
        }
        if !errors.isEmpty { throw StackerfileErrors(errors) }
        return homes.mapValues(\.file)
    }

    /// `cycles` holds files each of which requires the next one, and the last one the first.
    private static func report(of cycles: [[Int]], in files: [File]) -> StackerfileErrors {
        let errors = cycles.map { cycle in
            let links = cycle.indices.map { index in
                let file = files[cycle[index]]
                return "\(ByteString(file.name)):\(mark(of: cycle[(index + 1) % cycle.count], in: file))"
            }
            let (first, next) = (files[cycle[0]], cycle[1 % cycle.count])
            let few = links.count <= longestCycle ? links : links.prefix(longestCycle - 1) + ["…"]
            return first.recipe.error(
                "prerequisites form a cycle: \((few + [ByteString(first.name).description]).joined(separator: " -> "))",
                at: mark(of: next, in: first), expected: "files that do not need each other")
        }
        return StackerfileErrors(errors)
    }

    /// Files of a cycle that a message can name.
    private static let longestCycle = 20

    /// Where a file names another one.
    private static func mark(of place: Int, in file: File) -> Mark {
        zip(file.prerequisites, file.recipe.config.prerequisites).first { $0.0 == place }?.1.mark ?? .start
    }
}
