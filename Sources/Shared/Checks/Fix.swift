/// What a user can do about a finding.
public enum Fix: Hashable, Sendable, CustomStringConvertible {
    /// A shell command that exists on this distribution, with `sudo` or `doas` where it needs root.
    case command(String)
    /// One imperative sentence, where no single command does it.
    case advice(String)

    /// As the hint of a message.
    public var description: String {
        switch self {
        case .command(let command): "run `\(command)`"
        case .advice(let sentence): sentence
        }
    }
}
