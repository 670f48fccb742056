import ArgumentParser
import Builder
import Diagnostics

struct CollectGarbage: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Remove what earlier builds keep and nobody needs.",
        usage: "stacker gc [<option> ...]",
        discussion: "Images stay, and what the next build of each would find. Results of older versions go.")

    static let syntax: [FlagSyntax] = [.value("keep-storage"), .boolean("verify")]

    @Option(
        help: ArgumentHelp(
            "Keep results of any version, those used last, as long as they take no more than this.", valueName: "size"))
    var keepStorage: String?

    @Flag(help: "Read every blob, and remove those that are damaged.")
    var verify = false

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        var request = GarbageRequest(session.directories, log: session.log)
        request.keepStorage = try keepStorage.map(StorageSize.parse)
        request.verifies = verify
        try await Builder.collectGarbage(request)
    }
}
