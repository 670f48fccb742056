import Diagnostics
import OCI
import Stackerfile

/// Builds the images of a plan, several at a time, as if they had been built one after the other.
struct ParallelBuild: Sendable {
    let images: [RecipeGraph.PlannedImage]
    let context: BuildContext

    /// After a failure nothing begins any more; what runs goes on to its end.
    ///
    /// - Returns: Whether anything was made, or the index changed.
    /// - Throws: What made it impossible to print, else the failure of the first image in build order that failed.
    func run() async throws -> Bool {
        let (request, reporter) = (context.request, context.request.reporter)
        let output = OrderedOutput(
            images: images.map(\.image.name), jobs: request.jobs, home: request.directories.stacker, log: request.log,
            reporter: reporter)
        let activities = Activities(reporter: reporter)
        reporter.report(.began(images: images.map(\.image.name), jobs: request.jobs))
        async let _: Void = activities.keepReporting()
        var failed = false
        var tags = HeldTags(layout: context.layout)
        let errors = await Jobs<BuiltImage>(needs: needs, limit: request.jobs).run { place, needed, board in
            let turn = ImageTurn(
                image: images[place].image.name, place: place, board: board, output: output, activities: activities,
                reporter: reporter)
            let built = Dictionary(needed.map { (images[$0].image.name, $1) }) { first, _ in first }
            return try await build(images[place], above: built, turn)
        } settle: { place, outcome in
            let settled = Result { [failed] in
                try settle(images[place].image.name, outcome, &tags, output.log(of: place), isFirstFailure: !failed)
            }
            if case .failed = outcome { failed = true }
            output.settle(place)
            if let failure = output.failure() { throw failure }
            try settled.get()
        }
        // Also after a failure: what was found is as good as it was.
        let tagging = Result { try tags.release() }
        reporter.report(.ended(succeeded: errors.isEmpty))
        if let failure = output.failure() { throw failure }
        if let first = errors.first { throw first.error }
        try tagging.get()
        return tags.hasChanged
    }

    /// For each image the places of those it needs.
    private var needs: [[Int]] {
        let places = Dictionary(images.enumerated().map { ($1.image.name, $0) }) { first, _ in first }
        return images.map { planned in planned.image.needs.compactMap { places[$0] } }
    }

    private func build(
        _ planned: RecipeGraph.PlannedImage, above built: [String: BuiltImage], _ turn: ImageTurn
    ) async throws -> BuiltImage {
        let image = planned.image
        turn.reporter.report(.imageBegan(image.name))
        turn.log.info("preparing image \(image.name)...")
        return try await attempt("cannot build \"\(image.name)\"") {
            try await Namespace.explaining(roots: context.request.directories.roots) {
                try await ImageBuild(image: image, context: context.with(turn, file: planned.file), built: built).run()
            }
        }
    }

    /// Gives a finished image its name; here, because entries of the index stand in build order.
    private func settle(
        _ name: String, _ outcome: JobOutcome<BuiltImage>, _ tags: inout HeldTags, _ log: Log, isFirstFailure: Bool
    ) throws {
        switch outcome {
        case .neverBegun: return
        case .failed(let error):
            // The first one is what the caller reports.
            if !isFirstFailure { log.error("\(Failure(explaining: error))") }
            context.request.reporter.report(.imageEnded(name, succeeded: false))
        case .done(let built):
            try attempt("cannot build \"\(name)\"") { try tags.add(built, as: name) }
            if !built.isCached { log.info("filesystem \(name) built successfully") }
            context.request.reporter.report(.imageEnded(name, succeeded: true))
        }
    }
}
