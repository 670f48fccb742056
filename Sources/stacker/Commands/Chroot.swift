import ArgumentParser
import Builder
import Diagnostics
import SystemPackage

struct Chroot: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "chroot",
        abstract: "Run a command in an image that is built.",
        usage: "stacker chroot [<option> ...] [<tag> [<command> [<argument> ...]]]",
        discussion: """
            Without a tag the first image of the file is meant, and without a command a shell. What the command changes \
            is thrown away; its exit status is that of stacker.
            """,
        aliases: ["exec"])

    static let syntax: [FlagSyntax] = [.value("stacker-file", "f")] + SubstitutionOptions.syntax

    @Option(
        name: [.long, .customShort("f")],
        help: ArgumentHelp(
            "Take what a build step sees from this file or URL; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var stackerFile = "stacker.yaml"

    @OptionGroup(title: "Substitution Options") var substitution: SubstitutionOptions

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    @Argument(help: "The image to use.") var tag: String?
    @Argument(help: "What to run in it, with its arguments.") var command: [String] = []

    func run(in session: Session) async throws {
        let display = try BuildDisplay(global, log: session.log)
        var request = session.request(for: [try session.recipeSource(stackerFile)], display)
        request.substitutions = try substitution.substitutions(session)
        let status = try await Builder.chroot(request, tag: tag, command: command)
        if status != 0 { throw CommandStatus(status: status) }
    }
}
