import Glibc
import Synchronization

/// What a person may want to read while stacker works: plain lines, each written by one write(2).
///
/// Lines go to standard error, to a file, or to a function that decides. The text carries no level; a level only
/// decides whether a line is written. Who builds a message escapes what came from outside (``ByteString`` does it in its
/// description).
public final class Log: Sendable {
    /// How much a line matters.
    public enum Level: UInt8, Comparable, Sendable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// One message, and when it was logged.
    public struct Line: Hashable, Sendable {
        public var level: Level
        /// Seconds since 1970, UTC.
        public var time: Int64
        public var message: String

        public init(_ level: Level, time: Int64, _ message: String) {
            self.level = level
            self.time = time
            self.message = message
        }

        /// The bytes of the line, with its end.
        public func bytes(timestamp: Bool) -> [UInt8] {
            Array("\(timestamp ? Timestamp.rfc3339(time) + " " : "")\(message)\n".utf8)
        }
    }

    /// Lines below this level are not written.
    public let level: Level
    /// Whether each line begins with the time, as RFC 3339 in UTC.
    public let timestamps: Bool

    private enum Destination {
        case descriptor(CInt, isOwned: Bool)
        case function(@Sendable (Line) -> Void)
    }

    private let destination: Destination
    private let firstError = Atomic<Int32>(0)

    /// A log on standard error.
    public init(level: Level = .info, timestamps: Bool = false) {
        self.level = level
        self.timestamps = timestamps
        destination = .descriptor(STDERR_FILENO, isOwned: false)
    }

    /// A log in a file that the caller opened, for appending and with O_CLOEXEC; closed with the log.
    public init(adopting descriptor: CInt, level: Level = .info, timestamps: Bool = false) {
        precondition(descriptor >= 0, "a descriptor is never negative")
        self.level = level
        self.timestamps = timestamps
        destination = .descriptor(descriptor, isOwned: true)
    }

    /// A log whose lines a function takes, for as long as it likes and from any thread.
    public init(level: Level, timestamps: Bool, taking take: @escaping @Sendable (Line) -> Void) {
        self.level = level
        self.timestamps = timestamps
        destination = .function(take)
    }

    deinit { if case .descriptor(let descriptor, isOwned: true) = destination { _ = close(descriptor) } }

    /// A log of the same level whose lines a function takes; it may ``write(_:)`` them here, at the right moment.
    public func routed(_ take: @escaping @Sendable (Line) -> Void) -> Log {
        Log(level: level, timestamps: timestamps, taking: take)
    }

    /// The errno of the first line that could not be written to the file; 0 while all were.
    public var writeError: Int32 { firstError.load(ordering: .relaxed) }

    public func debug(_ message: @autoclosure () -> String) { write(.debug, message) }

    public func info(_ message: @autoclosure () -> String) { write(.info, message) }

    public func warning(_ message: @autoclosure () -> String) { write(.warning, message) }

    public func error(_ message: @autoclosure () -> String) { write(.error, message) }

    private func write(_ level: Level, _ message: () -> String) {
        guard level >= self.level else { return }
        write(Line(level, time: Int64(time(nil)), message()))
    }

    /// Writes a line that was made before, whatever its level.
    public func write(_ line: Line) {
        switch destination {
        case .function(let take): take(line)
        case .descriptor(let descriptor, let isOwned):
            let code = Self.write(line.bytes(timestamp: timestamps), to: descriptor)
            // A lost line must not stop a build; whoever owns the file asks ``writeError`` at the end.
            guard isOwned, code != 0 else { return }
            _ = firstError.compareExchange(expected: 0, desired: code, ordering: .relaxed)
        }
    }

    /// Returns the errno of a failure, or 0.
    private static func write(_ bytes: [UInt8], to descriptor: CInt) -> Int32 {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            if count > 0 {
                done += count
            } else if count == 0 || errno != EINTR {
                return count == 0 ? EIO : errno
            }
        }
        return 0
    }
}
