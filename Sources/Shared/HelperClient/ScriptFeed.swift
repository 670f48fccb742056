import CShims
public import Diagnostics
import Glibc
public import LinuxSystem
import Synchronization
import SystemPackage

/// A script that a shell reads from a pipe with one line in it, so that it is known how far the shell has come.
///
/// A shell reads a command to its last line, executes it, and only then reads on. From a file it reads kilobytes at
/// once; here it finds no more than the line it needs. Nothing else is different for it: what it opened is renamed over
/// with the script itself before it has the first command, so `$0` leads to a file that can be read as often as wanted.
public final class ScriptFeed: Sendable {
    private struct State: ~Copyable {
        /// The writing end, until everything is written; the shell then sees the end of its script.
        var writer: OwnedDescriptor?
        /// Bytes of the script that are in the pipe or were read from it.
        var written = 0
        /// Whether the script is under its name.
        var isRevealed = false
    }

    private let text: [UInt8]
    private let name: ByteString
    private let directory: OwnedDescriptor
    /// Keeps the pipe, and what is in it, when the shell has ended.
    private let reader: OwnedDescriptor
    private let state: Mutex<State>

    /// Where the script waits until the shell has opened the pipe.
    private static func hidden(_ name: ByteString) -> ByteString { ByteString(name.bytes + Array("~".utf8)) }

    /// Puts a pipe in the place of the script `name`, which holds `text` and whose first line is a comment.
    ///
    /// - Throws: Where pipes cannot be made there; the script is as it was.
    public init(_ name: ByteString, _ text: [UInt8], in directory: consuming OwnedDescriptor) throws(SystemError) {
        let raw = directory.raw
        let hidden = Self.hidden(name)
        try directory.rename(name, into: directory, as: hidden, replacing: .existing)
        do throws(SystemError) {
            try unsafe name.withCString(for: "mkfifoat") { (text) throws(SystemError) in
                _ = try check("mkfifoat", name) { unsafe mkfifoat(raw, text, 0o600) }
            }
            // A writer is there before the shell looks for one, and a reader before that.
            reader = try OwnedDescriptor.open(name, in: directory, O_RDONLY | O_NONBLOCK, resolving: .noSymbolicLinks)
            let writer = try OwnedDescriptor.open(
                name, in: directory, O_WRONLY | O_NONBLOCK, resolving: .noSymbolicLinks)
            // One page holds one line or a part of it, and is free again when all of that was read.
            let number = writer.raw
            try check("fcntl(F_SETPIPE_SZ)") { stk_set_pipe_size(number, 1) }
            // All but the end of the comment: once it is read, the shell has opened the pipe and executed nothing.
            let first = Array(text.prefix { $0 != UInt8(ascii: "\n") })
            try writer.write(first)
            state = Mutex(State(writer: consume writer, written: first.count))
        } catch {
            // What cannot be put back is reported by whoever looks for the script.
            try? directory.rename(hidden, into: directory, as: name, replacing: .existing)
            throw error
        }
        self.text = text
        self.name = name
        self.directory = directory
    }

    /// Waits until there is output to read, or the next line to write, which it then does.
    ///
    /// - Returns: `false` when there may be output.
    func advance(whileNothingIn output: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
        guard let number = state.withLock({ $0.writer?.raw }) else { return false }
        var polled = [
            pollfd(fd: number, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: output.raw, events: Int16(POLLIN), revents: 0),
        ]
        try check("poll") { unsafe poll(&polled, 2, -1) }
        if polled[0].revents != 0 { try advance() }
        return polled[1].revents == 0
    }

    /// Writes the next line; the one before was read.
    private func advance() throws(SystemError) {
        try state.withLock { (state) throws(SystemError) in
            try reveal(&state)
            let rest = text[min(state.written, text.count)...].prefix(Int(PIPE_BUF))
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            let line = Array(rest[..<end])
            do throws(SystemError) {
                try state.writer?.write(line)
            } catch {
                guard error.errno == .resourceTemporarilyUnavailable else { throw error }
                return
            }
            state.written += line.count
            if state.written >= text.count { state.writer = nil }
        }
    }

    /// Ends it when the shell has ended.
    ///
    /// - Returns: How many bytes of the script were read; whole lines, but for one that is very long.
    public func finish() throws(SystemError) -> Int {
        try state.withLock { (state) throws(SystemError) in
            state.writer = nil
            try reveal(&state)
            var unread: CInt = 0
            let number = reader.raw
            try check("ioctl(FIONREAD)") { unsafe stk_unread_bytes(number, &unread) }
            return max(0, state.written - Int(unread))
        }
    }

    private func reveal(_ state: inout State) throws(SystemError) {
        guard !state.isRevealed else { return }
        try directory.rename(Self.hidden(name), into: directory, as: name, replacing: .existing)
        state.isRevealed = true
    }
}
