import ArgumentParser
import Builder
import Diagnostics
import OCI

struct Inspect: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what the images of the OCI layout are made of.",
        usage: "stacker inspect [<option> ...] [<tag>]",
        discussion: "Without a tag every image is shown, in the order of the layout's index.")

    static let syntax: [FlagSyntax] = [.boolean("json")]

    @Flag(help: "Print the result as JSON.") var json = false

    @Argument(help: "Show the image with this tag only.") var tag: String?

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let layout = try ImageLayout.open(existing: session.directories.oci, limits: Limits())
        let images = try layout.inspect(tag: tag)
        try StandardOutput.write(json ? ImageInspection.json(images) : images.map(\.text).joined())
    }
}
