import ArgumentParser
import Builder
import Diagnostics

struct Validate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check stacker files without building.",
        usage: "stacker validate [<option> ...]",
        discussion: """
            Text and references of the files and their prerequisites are checked, and whether what they name on this \
            machine is there. Nothing is written. Exits with 0 when nothing is wrong, else with 1.
            """)

    static let syntax: [FlagSyntax] =
        [.value("stacker-file", "f"), .boolean("require-hash")] + SubstitutionOptions.syntax

    @Option(
        name: [.long, .customShort("f")], parsing: .singleValue,
        help: ArgumentHelp(
            "Check this file (default: stacker.yaml); - reads standard input. May be given several times.",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var stackerFile: [String] = []

    @Flag(help: "Refuse imports from the network that have no hash.")
    var requireHash = false

    @OptionGroup(title: "Substitution Options") var substitution: SubstitutionOptions

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let display = try BuildDisplay(global, log: session.log)
        var sources: [RecipeSource] = []
        for file in stackerFile.isEmpty ? ["stacker.yaml"] : stackerFile {
            sources.append(try session.recipeSource(file))
        }
        var request = session.request(for: sources, display)
        request.substitutions = try substitution.substitutions(session)
        request.requiresHashes = requireHash
        try Builder.validate(request)
    }
}
