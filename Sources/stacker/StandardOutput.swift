import Diagnostics
import Glibc
import SystemPackage

/// What a command was asked to print; the log goes elsewhere.
enum StandardOutput {
    /// The reader went away, which is no reason to complain.
    struct Closed: Error {}

    /// Whether nobody can read any more what is written there: a pipe whose reader has ended.
    static var isClosed: Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&output, 1, 0) == 1 && output.revents & Int16(POLLERR) != 0
    }

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

    /// Throws ``Closed`` where writing would, without writing.
    static func check() throws {
        var polled = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        if poll(&polled, 1, 0) == 1, polled.revents & Int16(POLLERR) != 0 { throw Closed() }
    }
}
