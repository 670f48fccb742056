/// What kind of failure it was, for JSON output and for tests; the exit status is the same for all of them.
public enum ErrorClass: UInt8, Hashable, Sendable, CaseIterable {
    /// An operation failed for a reason none of the others names.
    case failure
    /// Input that is malformed, or that asks for something that must not happen.
    case rejected
    /// Input that goes past a limit of ``Limits``.
    case limit
    /// A command line, file or setting that says something impossible.
    case usage
    /// The kernel, or this account's set-up, does not allow it.
    case permission
    /// Somebody else holds what is needed; a later try may succeed.
    case busy
    /// A remote side, or the way to it, failed.
    case network
    /// Input in a format that is not read here.
    case unsupported
}
