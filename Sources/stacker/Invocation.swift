import Diagnostics

/// What a command line asks for.
enum Invocation: Hashable, Sendable {
    /// A verb and what follows it, in the spelling that ArgumentParser reads as it was meant.
    case command(verb: String, arguments: [String])
    /// The help text of a verb, or of the program.
    case help(topic: String?)
    /// The help text of a verb, asked for as a flag of it; the global flags that stood there count.
    case commandHelp(verb: String, globalFlags: [String])
    /// What no help text shows: the arguments of `internal-go`, after the global flags that stood before and among them.
    case internalGo(globalFlags: [String], arguments: [ByteString])
    case version
    case completionScript(shell: String)
    /// A completion script calls back, in ArgumentParser's own language.
    case completion([String])
}
