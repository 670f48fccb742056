import Glibc

/// Standard error, written in one write(2) per message so that lines from stacker and its helper do not mix.
///
/// C's `stderr` is a mutable global, which Swift 6 does not let us touch.
public enum StandardError {
    public static func print(_ program: String, _ message: some CustomStringConvertible) {
        print("\(program): \(message)")
    }

    /// Writes `message` as it is, and a line break.
    public static func print(_ message: String) {
        let line = Array("\(message)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
