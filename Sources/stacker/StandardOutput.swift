import Diagnostics
import Glibc
import SystemPackage

/// What a command was asked to print; the log goes elsewhere.
enum StandardOutput {
    /// The reader went away, which is no reason to complain.
    struct Closed: Error {}

    /// Writes all of `text`.
    ///
    /// - Throws: ``Closed`` for a broken pipe, a `Failure` for everything else (a full disk, say).
    static func write(_ text: String) throws { try write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) throws {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch Errno.brokenPipe {
            throw Closed()
        } catch {
            throw Failure("cannot write to standard output", causes: [String(describing: error)])
        }
    }
}
