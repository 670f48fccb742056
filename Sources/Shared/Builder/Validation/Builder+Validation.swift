public import Diagnostics
import Stackerfile

extension Builder {
    /// Checks the files of a request and their prerequisites, and what they name on this machine; writes nothing.
    ///
    /// - Throws: Why a file that the user names cannot be read, or else all that is wrong.
    public static func validate(_ request: BuildRequest) throws(Failure) {
        let loader = try RecipeLoader.read(request)
        var failures = loader.failures
        do throws(StackerfileErrors) {
            _ = try RecipeGraph(completeFiles(of: loader)).buildOrder()
        } catch {
            failures.append(error)
        }
        var images = 0
        for file in loader.files {
            guard let recipe = file.recipe else { continue }
            images += recipe.images.count
            var check = SourceCheck(recipe: recipe, directory: file.source.directory, limits: request.limits)
            check.run()
            if let errors = StackerfileErrors(check.errors, limits: request.limits) { failures.append(errors) }
        }
        if let errors = StackerfileErrors(joining: failures, limits: request.limits) { throw errors.explanation }
        request.log.info("nothing is wrong with \(images) images in \(loader.files.count) files")
    }

    /// The files that can be read, with all that they require; of others nobody knows which images they would see.
    private static func completeFiles(of loader: RecipeLoader) -> [RecipeGraph.File] {
        var isComplete = loader.files.map { file in
            file.recipe.map { $0.config.prerequisites.count == file.prerequisites.count } ?? false
        }
        var dependents = [[Int]](repeating: [], count: loader.files.count)
        for (place, file) in loader.files.enumerated() {
            for prerequisite in file.prerequisites { dependents[prerequisite].append(place) }
        }
        var pending = isComplete.indices.filter { !isComplete[$0] }
        while let place = pending.popLast() {
            for dependent in dependents[place] where isComplete[dependent] {
                isComplete[dependent] = false
                pending.append(dependent)
            }
        }
        var places: [Int: Int] = [:]
        for place in isComplete.indices where isComplete[place] { places[place] = places.count }
        return loader.files.indices.compactMap { place in
            guard isComplete[place], let recipe = loader.files[place].recipe else { return nil }
            return RecipeGraph.File(
                recipe: recipe, prerequisites: loader.files[place].prerequisites.compactMap { places[$0] })
        }
    }
}
