import CTestSupport
public import Diagnostics
import Glibc
public import SystemPackage

/// A program that ran to its end, or was stopped by the time limit.
public struct Program: Sendable {
    /// How it ended.
    public enum Status: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        /// Killed, with its process group, by ``Program/run(_:_:environment:currentDirectory:stdin:name:timeLimit:)``.
        case timedOut
    }

    public let status: Status
    public let stdout: ByteString
    public let stderr: ByteString

    /// The programs of this package lie beside the test bundle.
    public static let builtPrograms: FilePath = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments.first ?? ""
        return FilePath(bundle).removingLastComponent()
    }()

    /// A program of this package, as it was just built.
    public static func built(_ name: FilePath.Component) -> FilePath { builtPrograms.appending(name) }

    /// Runs `program` in a process group of its own and waits for it.
    ///
    /// Output goes to unlinked files and not through pipes, so a program that prints much, or leaves a child behind
    /// that holds its output open, cannot block. Signals have their default action, none is blocked, and only
    /// descriptors 0 to 2 are open. The environment is exactly `environment`.
    ///
    /// - Throws: The errno of the call that kept the program from starting.
    public static func run(
        _ program: FilePath, _ arguments: [ByteString] = [], environment: [ByteString] = defaultEnvironment,
        currentDirectory: FilePath? = nil, stdin: ByteString = ByteString([]), name: ByteString? = nil,
        timeLimit: Duration = .seconds(120)
    ) throws(Errno) -> Program {
        let input = try UnlinkedFile()
        try input.write(stdin.bytes)
        let output = try UnlinkedFile()
        let errors = try UnlinkedFile()
        let process = try spawn(
            program, [name ?? ByteString(program.string)] + arguments, environment, currentDirectory,
            [input.descriptor, output.descriptor, errors.descriptor])
        let status = try wait(for: process, timeLimit)
        return Program(
            status: status, stdout: ByteString(try output.contents()), stderr: ByteString(try errors.contents()))
    }

    /// What a program needs to find others and to print the same everywhere.
    public static let defaultEnvironment: [ByteString] = [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent",
    ]

    private static func spawn(
        _ program: FilePath, _ arguments: [ByteString], _ environment: [ByteString], _ directory: FilePath?,
        _ descriptors: [CInt]
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, CInt(target))
        }
        tst_spawn_close_from(&actions, 3)
        if let directory {
            _ = directory.withPlatformString { tst_spawn_change_directory(&actions, $0) }
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))

        var process: pid_t = 0
        let code = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                program.withPlatformString { posix_spawn(&process, $0, &actions, &attributes, argv, envp) }
            }
        }
        guard code == 0 else { throw Errno(rawValue: code) }
        return process
    }

    private static func wait(for process: pid_t, _ limit: Duration) throws(Errno) -> Status {
        let end = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            let result = waitpid(process, &status, WNOHANG)
            if result == process { break }
            if result == -1, errno != EINTR { throw Errno(rawValue: errno) }
            if ContinuousClock.now > end {
                kill(-process, SIGKILL)
                while waitpid(process, &status, 0) == -1, errno == EINTR {}
                return .timedOut
            }
            usleep(1_000)
        }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }

    /// Calls `body` with a NULL-terminated array of C strings.
    private static func withCStrings<Result>(
        _ strings: [ByteString], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var bytes: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(bytes.count)
            bytes += string.bytes.map { CChar(bitPattern: $0) } + [0]
        }
        return bytes.withUnsafeMutableBufferPointer { buffer in
            var pointers = offsets.map { offset in buffer.baseAddress.map { $0 + offset } } + [nil]
            return pointers.withUnsafeMutableBufferPointer { list in
                guard let first = list.baseAddress else { preconditionFailure("the list holds its terminator") }
                return body(first)
            }
        }
    }
}

extension Program {
    public var exitCode: Int32? {
        guard case .exited(let code) = status else { return nil }
        return code
    }

    /// Standard output, escaped where it is not UTF-8.
    public var stdoutText: String { stdout.utf8Text ?? stdout.description }

    /// Standard error, escaped where it is not UTF-8.
    public var stderrText: String { stderr.utf8Text ?? stderr.description }
}

/// A file without a name; closed with its owner.
private struct UnlinkedFile: ~Copyable {
    let descriptor: CInt

    init() throws(Errno) {
        let path = "/tmp/stacker-test-output.\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0o600)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        _ = unlink(path)
    }

    deinit { _ = close(descriptor) }

    /// Writes `bytes` and goes back to the start.
    borrowing func write(_ bytes: [UInt8]) throws(Errno) {
        do {
            _ = try FileDescriptor(rawValue: descriptor).writeAll(bytes)
            try FileDescriptor(rawValue: descriptor).seek(offset: 0, from: .start)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    borrowing func contents() throws(Errno) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(all.count))
            guard count >= 0 else { throw Errno(rawValue: errno) }
            if count == 0 { return all }
            all += buffer.prefix(count)
        }
    }
}
