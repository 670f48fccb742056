public import Diagnostics
import Glibc
public import SystemPackage

/// A system call that returned an error.
public struct SystemError: Error, Hashable, Sendable {
    /// The name of the call, as its man page spells it.
    public let call: String
    public let path: ByteString?
    public let errno: Errno

    public init(_ call: String, _ path: ByteString? = nil, errno: Errno) {
        self.call = call
        self.path = path
        self.errno = errno
    }
}

extension SystemError: Explainable, CustomStringConvertible {
    public var description: String {
        path.map { "\(call) \($0): \(errno)" } ?? "\(call): \(errno)"
    }

    public var explanation: Failure {
        Failure(description, hint: Self.hint(for: errno), class: Self.errorClass(for: errno))
    }

    private static func hint(for errno: Errno) -> String? {
        switch errno {
        case .noSpace:
            "free some space on that file system, or choose another with --roots-dir, --stacker-dir and --oci-dir"
        case .diskQuotaExceeded: "free some of your quota, or choose another file system with --roots-dir"
        case .permissionDenied: "give yourself access to it and to the directories above it, or name another one"
        case .readOnlyFileSystem: "name one on another file system: nothing can be written to this one"
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem: "raise the limit of open files with `ulimit -n`"
        default: nil
        }
    }

    private static func errorClass(for errno: Errno) -> ErrorClass {
        switch errno {
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: .permission
        case .resourceBusy, .resourceTemporarilyUnavailable: .busy
        default: .failure
        }
    }
}

/// Calls `body` until it is not interrupted, and turns -1 into an error that carries the errno of that very call.
///
/// Every system call goes through here, so that `errno` is read before any other code runs.
@inline(__always)
@discardableResult
public func check<Result: FixedWidthInteger>(
    _ call: StaticString, _ path: @autoclosure () -> ByteString? = nil, _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = Errno(rawValue: Glibc.errno)
        if code != .interrupted { throw SystemError("\(call)", path(), errno: code) }
    }
}
