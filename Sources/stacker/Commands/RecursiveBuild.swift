import ArgumentParser
import Builder
import Diagnostics

struct RecursiveBuild: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "recursive-build",
        abstract: "Build the images of all stacker files below a directory.",
        usage: "stacker recursive-build [<option> ...] [<image> ...]",
        discussion: """
            The files are built as one set, each after those it names as prerequisites. Links to directories are not \
            followed, and stacker's own directories are passed over.
            """)

    static let syntax: [FlagSyntax] =
        [.value("search-dir", "d"), .value("stacker-file-pattern", "p")] + BuildOptions.syntax

    @Option(
        name: [.long, .customShort("d")],
        help: ArgumentHelp("Look for files below this directory (default: here).", valueName: "directory"),
        completion: .directory)
    var searchDir = "."

    @Option(
        name: [.long, .customShort("p")],
        help: ArgumentHelp(
            "Take the files in whose path this regular expression is found.", valueName: "pattern"))
    var stackerFilePattern = RecipeSearch.defaultPattern

    @OptionGroup var options: BuildOptions

    @Argument(help: ArgumentHelp("Build this image and those it needs; all where none is named.", valueName: "image"))
    var images: [String] = []

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let display = try BuildDisplay(global, log: session.log)
        let sources = try session.recipeSources(below: searchDir, matching: stackerFilePattern)
        try await options.build(sources, images, display, in: session)
    }
}
