import ArgumentParser
import Builder
import Diagnostics

struct Clean: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove what builds made.",
        usage: "stacker clean [<option> ...]",
        discussion: "Root file systems, blobs and the OCI layout go; what stacker did not make stays.")

    static let syntax: [FlagSyntax] = [.boolean("all")]

    @Flag(help: "Remove everything, which is what happens without this flag too.")
    var all = false

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        try await Builder.clean(session.directories, log: session.log)
    }
}
