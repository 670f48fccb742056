import ArgumentParser
import Builder
import Diagnostics

struct Build: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the images that a stacker.yaml describes.",
        usage: "stacker build [<option> ...] [<image> ...]",
        discussion: """
            Images are built several at a time, each after those it needs, also in files that the file names as \
            prerequisites. Naming some builds only these.
            """)

    static let syntax: [FlagSyntax] = [.value("stacker-file", "f")] + BuildOptions.syntax

    @Option(
        name: [.long, .customShort("f")],
        help: ArgumentHelp("Build what this file or URL describes; - reads standard input.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var stackerFile = "stacker.yaml"

    @OptionGroup var options: BuildOptions

    @Argument(help: ArgumentHelp("Build this image and those it needs; all where none is named.", valueName: "image"))
    var images: [String] = []

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let display = try BuildDisplay(global, log: session.log)
        try await options.build([session.recipeSource(stackerFile)], images, display, in: session)
    }
}
