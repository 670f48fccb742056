import Glibc
import Synchronization

/// What a person may want to read while stacker works: plain lines, each written by one write(2).
///
/// Lines go to standard error, or to a file. They carry no level; a level only decides whether a line is written.
/// Who builds a message escapes what came from outside (``ByteString`` does it in its description).
public final class Log: Sendable {
    /// How much a line matters.
    public enum Level: UInt8, Comparable, Sendable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// Lines below this level are not written.
    public let level: Level
    /// Whether each line begins with the time, as RFC 3339 in UTC.
    public let timestamps: Bool

    private let descriptor: CInt
    private let ownsDescriptor: Bool
    private let firstError = Atomic<Int32>(0)

    /// A log on standard error.
    public init(level: Level = .info, timestamps: Bool = false) {
        self.level = level
        self.timestamps = timestamps
        descriptor = STDERR_FILENO
        ownsDescriptor = false
    }

    /// A log in a file that the caller opened, for appending and with O_CLOEXEC; closed with the log.
    public init(adopting descriptor: CInt, level: Level = .info, timestamps: Bool = false) {
        precondition(descriptor >= 0, "a descriptor is never negative")
        self.level = level
        self.timestamps = timestamps
        self.descriptor = descriptor
        ownsDescriptor = true
    }

    deinit { if ownsDescriptor { _ = close(descriptor) } }

    /// The errno of the first line that could not be written to the file; 0 while all were.
    public var writeError: Int32 { firstError.load(ordering: .relaxed) }

    public func debug(_ message: @autoclosure () -> String) { write(.debug, message) }

    public func info(_ message: @autoclosure () -> String) { write(.info, message) }

    public func warning(_ message: @autoclosure () -> String) { write(.warning, message) }

    public func error(_ message: @autoclosure () -> String) { write(.error, message) }

    private func write(_ level: Level, _ message: () -> String) {
        guard level >= self.level else { return }
        let prefix = timestamps ? Timestamp.rfc3339(Int64(time(nil))) + " " : ""
        let line = Array("\(prefix)\(message())\n".utf8)
        var done = 0
        while done < line.count {
            let count = line.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                note(count == 0 ? EIO : errno)
                return
            }
        }
    }

    /// A lost line must not stop a build; whoever owns the file asks ``writeError`` at the end.
    private func note(_ code: Int32) {
        guard ownsDescriptor else { return }
        _ = firstError.compareExchange(expected: 0, desired: code, ordering: .relaxed)
    }
}
