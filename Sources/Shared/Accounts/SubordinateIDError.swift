public import Diagnostics
public import LinuxSystem

/// Why an account's subordinate ids could not be looked up.
public enum SubordinateIDError: Error, Hashable, Sendable {
    /// A service keeps the ids, and getsubids, which asks it, is not installed.
    case noProgram(service: ByteString)
    /// getsubids was stopped: it took too long, wrote too much, or what it wrote is not its format.
    case badAnswer(service: ByteString, String)
    case system(SystemError)
}

extension SubordinateIDError: Explainable {
    public var explanation: Failure {
        let summary = "cannot look up subordinate ids"
        return switch self {
        case .noProgram(let service):
            Failure(summary, causes: ["/etc/nsswitch.conf names `\(service)`", "getsubids is not installed"])
        case .badAnswer(let service, let cause):
            Failure(summary, causes: ["/etc/nsswitch.conf names `\(service)`", "getsubids \(cause)"])
        case .system(let error): error.explanation.wrapped(summary)
        }
    }
}
