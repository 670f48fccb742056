import ArgumentParser
import Builder
import Diagnostics
import Layers
import SystemPackage

struct Build: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the images that a stacker.yaml describes.",
        usage: "stacker build [<option> ...] [<image> ...]",
        discussion: "Images are built several at a time, each after those it needs. Naming some builds only these.")

    static let syntax: [FlagSyntax] =
        [
            .value("stacker-file", "f"), .value("compression"), .value("jobs", "j"), .boolean("order-only"),
            .value("annotations-namespace"), .value("on-run-failure"), .boolean("shell-fail"),
            .boolean("require-hash"), .boolean("no-cache"),
        ] + SubstitutionOptions.syntax

    @Option(
        name: [.long, .customShort("f")],
        help: ArgumentHelp("Build what this file describes; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var stackerFile = "stacker.yaml"

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

    @Flag(help: "Work out the order and stop; --debug shows it.")
    var orderOnly = false

    @Flag(help: "Refuse imports from the network that have no hash.")
    var requireHash = false

    @Argument(help: ArgumentHelp("Build this image and those it needs; all where none is named.", valueName: "image"))
    var images: [String] = []

    @OptionGroup(title: "Substitution Options") var substitution: SubstitutionOptions

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let display = try BuildDisplay(global, log: session.log)
        var request = session.request(for: try session.stackerFile(stackerFile), display)
        request.substitutions = try substitution.substitutions(session)
        request.compression = try LayerCompression.parse(compression)
        request.onRunFailure = try failureCommand()
        request.encoder = request.compression.encoderID
        request.usesCache = !noCache
        request.annotationsNamespace = try BuildRequest.checkedNamespace(annotationsNamespace)
        request.jobs = try jobs.map(JobCount.parse) ?? BuildRequest.defaultJobs
        request.images = images
        request.requiresHashes = requireHash
        if orderOnly { return try Builder.order(request) }
        try await Builder.build(request)
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
