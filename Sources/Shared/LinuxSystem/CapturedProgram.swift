import CShims
public import Diagnostics
import Glibc
public import SystemPackage

/// A program whose output we want, bounded in bytes and time.
public enum CapturedProgram {
    public enum Result: Hashable, Sendable {
        case exited(CInt, stdout: [UInt8])
        case signalled(CInt)
        case timedOut
        case tooMuchOutput
    }

    /// Runs `program` and waits for it; its standard input is empty, its standard error goes nowhere.
    ///
    /// The environment holds `PATH`, `LC_ALL=C` and what is given here, and nothing of ours. Past a limit the program is
    /// killed, and what it started as well: it is the leader of a process group of its own.
    public static func run(
        _ program: FilePath, _ arguments: [ByteString], environment: [ByteString] = [], outputLimit: Int,
        timeLimit: Duration
    ) throws(SystemError) -> Result {
        var ends: [CInt] = [-1, -1]
        try check("socketpair") {
            unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        let ours = OwnedDescriptor(adopting: ends[0])
        let pid = try start(
            program, [ByteString(program)] + arguments, environment, output: OwnedDescriptor(adopting: ends[1]))
        do throws(SystemError) {
            let result = try collect(pid, ours, outputLimit, ContinuousClock.now + timeLimit)
            if case .exited(_, let output) = result { return try end(of: pid, output) }
            kill(-pid, SIGKILL)
            _ = try end(of: pid, [])
            return result
        } catch {
            kill(-pid, SIGKILL)
            _ = try? end(of: pid, [])  // The first error says what went wrong; this only takes the child away.
            throw error
        }
    }

    /// Reads until the program has ended: not until the end of its output, which a child of its own may hold open.
    private static func collect(
        _ pid: pid_t, _ output: borrowing OwnedDescriptor, _ limit: Int, _ end: ContinuousClock.Instant
    ) throws(SystemError) -> Result {
        let process = OwnedDescriptor(adopting: try check("pidfd_open") { stk_pidfd_open(pid) })
        var bytes: [UInt8] = []
        var waits = [
            pollfd(fd: output.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.raw, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let left = end - ContinuousClock.now
            guard left > .zero else { return .timedOut }
            // A second at most: the loop looks at the clock again.
            let milliseconds = CInt(min(left / .milliseconds(1), 1_000).rounded(.up))
            try check("poll") { unsafe poll(&waits, 2, milliseconds) }
            if waits[0].revents != 0 {
                let piece = try output.read(upTo: 65_536)
                bytes += piece
                guard bytes.count <= limit else { return .tooMuchOutput }
                if piece.isEmpty { waits[0] = pollfd(fd: -1, events: 0, revents: 0) }
            } else if waits[1].revents != 0 {
                return .exited(0, stdout: bytes)
            }
        }
    }

    /// Waits for the program, and says how it ended.
    private static func end(of pid: pid_t, _ output: [UInt8]) throws(SystemError) -> Result {
        var status: CInt = 0
        try check("waitpid") { unsafe waitpid(pid, &status, 0) }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff, stdout: output) : .signalled(signal)
    }

    private static func start(
        _ program: FilePath, _ arguments: [ByteString], _ additions: [ByteString], output: consuming OwnedDescriptor
    ) throws(SystemError) -> pid_t {
        // Above 2, so that no assignment below overwrites a source.
        let nothing = try OwnedDescriptor.open("/dev/null", O_RDWR).duplicate()
        let writer = try output.duplicate()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, nothing.raw, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, writer.raw, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, nothing.raw, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))

        let environment: [ByteString] = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C"] + additions
        for value in arguments + additions where value.containsNUL {
            throw SystemError("posix_spawn", value, errno: .invalidArgument)
        }
        var pid: pid_t = 0
        let code = unsafe withCStrings(arguments) { argv in
            unsafe withCStrings(environment) { envp in
                unsafe program.withPlatformString { unsafe posix_spawn(&pid, $0, &actions, &attributes, argv, envp) }
            }
        }
        guard code == 0 else { throw SystemError("posix_spawn", ByteString(program), errno: Errno(rawValue: code)) }
        return pid
    }
}
