/// Exit statuses that scripts may rely on; listed in stacker(1).
public struct ExitCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let success = ExitCode(rawValue: 0)
    public static let failure = ExitCode(rawValue: 1)
    /// `EX_USAGE` of sysexits(3): stacker-nsexec was not started by stacker.
    public static let usage = ExitCode(rawValue: 64)
    /// `EX_DATAERR`: stacker-nsexec was sent a request it cannot read.
    public static let badRequest = ExitCode(rawValue: 65)
    /// `EX_OSERR`: stacker-nsexec could not do what it was asked, and said why in its reply.
    public static let systemError = ExitCode(rawValue: 71)
}
