import ArgumentParser
import Diagnostics

/// The program as ArgumentParser sees it: help, version and completions.
struct Stacker: ParsableCommand {
    static let versionLine = "stacker version \(Version.current)"

    static let configuration = CommandConfiguration(
        commandName: "stacker",
        abstract: "Build OCI images from a stacker.yaml, as an ordinary user.",
        usage: "stacker [<option> ...] <command> [<option> ...]",
        discussion: "Global options are taken before and after the command; -v is short for --version.",
        version: versionLine,
        subcommands: commands,
        helpNames: [.long, .short])

    static let commands: [any SessionCommand.Type] = [
        Build.self, Check.self, Chroot.self, Clean.self, CollectGarbage.self, Convert.self, Grab.self, Inspect.self,
        RecursiveBuild.self, Validate.self,
    ]

    static let syntax = CommandLineSyntax(
        global: GlobalOptions.syntax,
        commands: Dictionary(
            commands.map { ($0._commandName, $0.syntax) }, uniquingKeysWith: { first, _ in first }),
        aliases: Dictionary(
            commands.flatMap { command in command.configuration.aliases.map { ($0, command._commandName) } },
            uniquingKeysWith: { first, _ in first }))

    @OptionGroup(title: "Global Options") var global: GlobalOptions
}
