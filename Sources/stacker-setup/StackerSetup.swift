import ArgumentParser

/// The program as ArgumentParser sees it.
struct StackerSetup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stacker-setup",
        abstract: "Report whether an account can build with stacker, and what it lacks.",
        discussion: "Changes nothing and needs no root; it prints the commands that root has to run.",
        version: "stacker-setup version 0.1.0",
        subcommands: [Status.self],
        defaultSubcommand: Status.self,
        helpNames: [.long, .short])
}

/// `stacker-setup status`.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report on subordinate ids, newuidmap and kernel settings (the default).",
        discussion: "Exits with 0 when the account is ready, with 1 when it is not.")

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The account to report on, by login name or uid.",
            discussion: "Default: the one that runs this; under sudo the one that ran sudo.", valueName: "name"))
    var user: String?
}
