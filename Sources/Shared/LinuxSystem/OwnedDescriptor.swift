import Glibc
import SystemPackage

/// A file descriptor that is closed exactly once: when this value goes out of scope, or by ``close()``.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, valid while this value lives.
    ///
    /// To hand it to C, use it inside one call; do not store it.
    public let raw: CInt

    /// Takes over `raw`; the caller must not close it.
    public init(adopting raw: CInt) {
        precondition(raw >= 0, "a descriptor is never negative")
        self.raw = raw
    }

    deinit { _ = Glibc.close(raw) }

    /// Closes now, and reports what close(2) reports (EIO, ENOSPC and EDQUOT for delayed writes).
    ///
    /// Never retried: on Linux the number is free again even when close(2) says EINTR.
    public consuming func close() throws(SystemError) {
        let raw = raw
        discard self
        guard Glibc.close(raw) == 0 else { throw SystemError("close", errno: Errno(rawValue: Glibc.errno)) }
    }

    /// Gives the number up without closing it, for a child that will inherit it.
    public consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }
}
