import ArgumentParser
import Diagnostics
import Glibc

/// The flags that every command takes, before and after the verb.
struct GlobalOptions: ParsableArguments {
    static let syntax: [FlagSyntax] = [
        .value("work-dir", emptyMeansUnset: true), .value("stacker-dir"), .value("oci-dir"), .value("roots-dir"),
        .value("config"), .boolean("debug"), .boolean("quiet", "q"), .value("log-file"), .boolean("log-timestamp"),
        .value("storage-type"), .optionalValue("progress", bare: ProgressMode.bare, cancels: "no-progress"),
        .boolean("no-progress", cancels: "progress"), .value("error-format"),
    ]

    @Option(
        help: ArgumentHelp(
            "Keep those of the three directories below that are not given under this one.", valueName: "directory"),
        completion: .directory)
    var workDir: String?

    @Option(
        help: ArgumentHelp("Keep the cache in this directory (default: .stacker).", valueName: "directory"),
        completion: .directory)
    var stackerDir: String?

    @Option(
        help: ArgumentHelp("Put images into the OCI layout in this directory (default: oci).", valueName: "directory"),
        completion: .directory)
    var ociDir: String?

    @Option(
        help: ArgumentHelp("Keep file-system trees in this directory (default: roots).", valueName: "directory"),
        completion: .directory)
    var rootsDir: String?

    @Option(
        help: ArgumentHelp(
            "Read default directories from this file (default: conf.yaml in ~/.config/stacker).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Flag(help: "Log every decision, and show the causes of an error line by line.")
    var debug = false

    @Flag(name: [.long, .customShort("q")], help: "Log errors only.")
    var quiet = false

    @Option(
        help: ArgumentHelp("Write the log to this file instead of standard error.", valueName: "file"),
        completion: .file())
    var logFile: String?

    @Flag(help: "Begin each line of the log with the time.")
    var logTimestamp = false

    @Option(
        help: ArgumentHelp("Store file-system trees this way; overlay is the only one.", valueName: "type"),
        completion: .list(["overlay"]))
    var storageType = "overlay"

    @Option(
        help: ArgumentHelp(
            "Show what is under way: auto (on a terminal), tty, plain or json; without a value, even elsewhere.",
            valueName: "form"),
        completion: .list(ProgressMode.values))
    var progress = "auto"

    @Flag(help: "Do not show what is under way.")
    var noProgress = false

    @Option(
        help: ArgumentHelp(
            "Write errors this way: text, json (an object a line) or github (workflow commands).", valueName: "format"),
        completion: .list(DiagnosticFormat.allCases.map(\.rawValue)))
    var errorFormat = DiagnosticFormat.text.rawValue

    /// How errors are written, and warnings about files.
    func diagnosticFormat() throws(Failure) -> DiagnosticFormat {
        guard let format = DiagnosticFormat(rawValue: errorFormat) else {
            throw Failure(
                "unknown --error-format \(ByteString(errorFormat))", hint: "use text, json or github", class: .usage)
        }
        return format
    }

    /// How progress is to be shown, here and now.
    func progressMode() throws(Failure) -> ProgressMode {
        if noProgress { return .off }
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        let mode = try ProgressMode(
            progress, isTerminal: isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && !isDumb)
        return quiet && progress == "auto" ? .off : mode
    }

    /// How much of the log is written.
    func logLevel() throws(Failure) -> Log.Level {
        switch (debug, quiet) {
        case (true, true): throw Failure("--quiet and --debug don't make sense together", class: .usage)
        case (true, false): .debug
        case (false, true): .error
        case (false, false): .info
        }
    }

    /// Accepts the storage that this version has.
    func checkStorageType() throws(Failure) {
        switch storageType {
        case "overlay": return
        case "btrfs": throw Failure("storage type btrfs is not supported yet", hint: Self.useOverlay, class: .usage)
        default:
            throw Failure("unknown storage type \(ByteString(storageType))", hint: Self.useOverlay, class: .usage)
        }
    }

    private static let useOverlay = "leave --storage-type out, or set it to overlay"
}
