import ArgumentParser
import Builder
import Diagnostics
import SystemPackage

struct Grab: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "grab",
        abstract: "Copy files out of images that are built.",
        usage: "stacker grab [<option> ...] <tag>:<path> ... [<directory>]",
        discussion: """
            Files and directories come into the directory, or else the working directory, under their last name, and \
            belong to whoever runs stacker.
            """)

    static let syntax: [FlagSyntax] = [.value("stacker-file", "f")] + SubstitutionOptions.syntax

    @Option(
        name: [.long, .customShort("f")],
        help: ArgumentHelp(
            "Take from this file or URL what images without a tag stand on; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var stackerFile = "stacker.yaml"

    @OptionGroup(title: "Substitution Options") var substitution: SubstitutionOptions

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    @Argument(help: ArgumentHelp("What to copy, and the directory to copy to.", valueName: "tag:path"))
    var arguments: [String] = []

    func run(in session: Session) async throws {
        let arguments = try GrabArguments(arguments)
        let display = try BuildDisplay(global, log: session.log)
        var request = session.request(for: [try session.recipeSource(stackerFile)], display)
        request.substitutions = try substitution.substitutions(session)
        try await Builder.grab(request, arguments)
    }
}
