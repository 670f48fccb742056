import Diagnostics
import Glibc
public import SystemPackage

/// A fresh directory under `/tmp`.
///
/// Removed with all it holds when this value goes away, unless `STACKER_KEEP_TEST_DIRECTORIES` is set. What is mounted
/// in it stays, and so does the directory then.
public struct TemporaryDirectory: ~Copyable {
    public let path: FilePath

    public init(_ label: String = "stacker-test") throws(Errno) {
        var template = Array("/tmp/\(label).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(platformString: template)
    }

    deinit {
        if getenv("STACKER_KEEP_TEST_DIRECTORIES") != nil { return }
        // Nothing can be done here about a directory that cannot be removed; a deinitialiser cannot throw.
        _ = try? Program.run("/bin/rm", ["-rf", "--one-file-system", "--", ByteString(path.string)])
    }
}

/// What this machine lets a test do.
public enum Host {
    public static let isRoot = geteuid() == 0
}
