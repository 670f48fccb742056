import Diagnostics

/// How `--progress` and `--no-progress` ask for progress to be shown.
enum ProgressMode: Hashable, Sendable {
    /// Not at all: the log says what happens.
    case off
    /// Each activity in lines of the log.
    case plain
    /// In lines that are redrawn in place.
    case terminal
    /// As a stream of JSON objects.
    case json

    /// What the flag takes, for completion and messages.
    static let values = ["auto", "tty", "plain", "json"]

    /// The mode that a value of the flag means.
    ///
    /// `isTerminal` says whether both standard output and standard error are one that can be drawn on.
    ///
    /// - Throws: A usage error for a value that there is not.
    init(_ text: String, isTerminal: Bool) throws(Failure) {
        switch text {
        case "auto": self = isTerminal ? .terminal : .off
        // What scripts write that knew a flag without a value.
        case Self.bare, "true", "1": self = isTerminal ? .terminal : .plain
        case "false", "0": self = .off
        case "tty": self = .terminal
        case "plain": self = .plain
        case "json": self = .json
        default:
            throw Failure(
                "unknown progress \(ByteString(text))",
                hint: "set --progress to \(Self.values.dropLast().joined(separator: ", ")) or json", class: .usage)
        }
    }

    /// The value of the flag where it is given without one.
    static let bare = "on"
}
