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
        let process = try start(
            program, [ByteString(program)] + arguments, environment, output: OwnedDescriptor(adopting: ends[1]))
        let pid = process.pid
        let result: Result
        do throws(SystemError) {
            result = try collect(pid, ours, outputLimit, ContinuousClock.now + timeLimit)
        } catch {
            kill(-pid, SIGKILL)
            throw error
        }
        if case .exited(_, let output) = result { return end(try process.wait(), output) }
        kill(-pid, SIGKILL)
        _ = try process.wait()
        return result
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

    /// How the program ended, by the status of wait(2).
    private static func end(_ status: CInt, _ output: [UInt8]) -> Result {
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff, stdout: output) : .signalled(signal)
    }

    private static func start(
        _ program: FilePath, _ arguments: [ByteString], _ additions: [ByteString], output: consuming OwnedDescriptor
    ) throws(SystemError) -> SpawnedProcess {
        try SpawnedProcess(
            program: program, arguments: arguments,
            environment: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C"] + additions,
            standard: SpawnedProcess.Standard(input: nil, output: output.raw, errors: nil), leadsGroup: true)
    }
}
