/// A command line that means nothing.
enum UsageError: Error, Hashable, Sendable {
    /// Shown below the usage text of `command`, or of the program where there is none.
    case invalid(String, command: String?)
    /// The verb is none of ours.
    case unknownCommand(String, meant: String?)
}
