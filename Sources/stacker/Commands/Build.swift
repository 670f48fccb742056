import ArgumentParser
import Builder
import Diagnostics
import SystemPackage

struct Build: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the images that a stacker.yaml describes.",
        usage: "stacker build [<option> ...]",
        discussion: "Images are built in an order in which each comes after the image it starts from.")

    static let syntax: [FlagSyntax] = [
        .value("stacker-file", "f"), .value("compression"), .value("on-run-failure"), .boolean("shell-fail"),
    ]

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

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    /// Taken and not used, as always: scripts rely on it.
    @Argument(help: .hidden) var ignored: [String] = []

    func run(in session: Session) async throws {
        if !ignored.isEmpty { session.log.warning("build takes flags only; ignoring what follows them") }
        var request = BuildRequest(
            stackerFile: stackerFile == "-" ? "-" : try session.absolute(stackerFile),
            directories: session.directories,
            sourceDateEpoch: session.sourceDateEpoch, log: session.log)
        request.compression = try LayerCompression.parse(compression)
        request.onRunFailure = try failureCommand()
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
