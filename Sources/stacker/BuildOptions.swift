import ArgumentParser
import Builder
import Diagnostics
import Layers

/// The flags of the commands that build, beside those that say what.
struct BuildOptions: ParsableArguments {
    static let syntax: [FlagSyntax] =
        [
            .value("compression"), .value("jobs", "j"), .boolean("order-only"), .value("annotations-namespace"),
            .value("on-run-failure"), .boolean("shell-fail"), .boolean("require-hash"), .boolean("no-cache"),
        ] + SubstitutionOptions.syntax

    @Option(
        help: ArgumentHelp(
            "Store layers this way: gzip, gzip-small, zstd, zstd:<level> or none.", valueName: "compression"),
        completion: .list(LayerCompression.values))
    var compression = "gzip"

    @Option(
        help: ArgumentHelp(
            "When run fails, start this program in the place where it failed, for you to use.", valueName: "program"))
    var onRunFailure: String?

    @Flag(help: "The same as --on-run-failure=/bin/sh.")
    var shellFail = false

    @Option(
        help: ArgumentHelp("Begin the names of stacker's annotations with this.", valueName: "namespace"))
    var annotationsNamespace = BuildRequest.defaultAnnotationsNamespace

    @Option(
        name: [.long, .customShort("j")],
        help: ArgumentHelp(
            "Build so many images at the same time (default: the number of processors).", valueName: "number"))
    var jobs: String?

    @Flag(help: "Build everything, whatever earlier builds have left.")
    var noCache = false

    @Flag(help: "Print the order of the files and stop.")
    var orderOnly = false

    @Flag(help: "Refuse imports from the network that have no hash.")
    var requireHash = false

    @OptionGroup(title: "Substitution Options") var substitution: SubstitutionOptions

    /// Builds the images of these files, or those of the names with what they need.
    func build(
        _ sources: [RecipeSource], _ images: [String], _ display: BuildDisplay, in session: Session
    ) async throws {
        var request = session.request(for: sources, display)
        request.substitutions = try substitution.substitutions(session)
        request.compression = try LayerCompression.parse(compression)
        request.onRunFailure = try failureCommand()
        request.encoder = request.compression.encoderID
        request.usesCache = !noCache
        request.annotationsNamespace = try BuildRequest.checkedNamespace(annotationsNamespace)
        request.jobs = try jobs.map(JobCount.parse) ?? BuildRequest.defaultJobs
        request.images = images
        request.requiresHashes = requireHash
        guard orderOnly else { return try await Builder.build(request) }
        try StandardOutput.write(Builder.order(request).map { $0 + "\n" }.joined())
    }

    private func failureCommand() throws(Failure) -> String? {
        let shell = "/bin/sh"
        guard shellFail else { return onRunFailure }
        guard let onRunFailure, onRunFailure != shell else { return shell }
        throw Failure(
            "--shell-fail is incompatible with --on-run-failure=\(ByteString(onRunFailure))",
            hint: "leave one of the two out", class: .usage)
    }
}
