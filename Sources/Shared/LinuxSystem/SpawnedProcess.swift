import CShims
public import Diagnostics
import Glibc
public import SystemPackage

/// A child process that is waited for exactly once.
///
/// Of our descriptors it gets exactly those it is given.
public struct SpawnedProcess: ~Copyable, Sendable {
    public let pid: Int32

    /// What becomes 0, 1 and 2 in the child; `nil` is /dev/null.
    public struct Standard: Hashable, Sendable {
        public var input: CInt?
        public var output: CInt?
        public var errors: CInt?

        public init(input: CInt?, output: CInt?, errors: CInt?) {
            self.input = input
            self.output = output
            self.errors = errors
        }
    }

    /// Starts the program in `directory`, or in ours; all descriptors are raw numbers, needed during the call only.
    ///
    /// The first of `descriptors` becomes 3 in the child, and so on. With `leadsGroup` the child is the leader of a
    /// process group of its own (setpgid(2)).
    public init(
        program: FilePath, arguments: [ByteString], environment: [ByteString], directory: CInt? = nil,
        standard: Standard, descriptors: [CInt] = [], leadsGroup: Bool = false
    ) throws(SystemError) {
        let devNull = try OwnedDescriptor.open("/dev/null", O_RDWR)
        // Copies above every number we will assign, so that no assignment overwrites a source.
        let first = CInt(64 + descriptors.count)
        var copies: [CInt] = []
        defer { for copy in copies { close(copy) } }
        let three = [standard.input, standard.output, standard.errors].map { $0 ?? devNull.raw }
        for source in three + descriptors + (directory.map { [$0] } ?? []) {
            copies.append(try check("fcntl") { fcntl(source, F_DUPFD_CLOEXEC, first) })
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { _ = unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in copies.prefix(three.count + descriptors.count).enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, source, CInt(target))
        }
        if directory != nil, let folder = copies.last { unsafe stk_spawn_add_fchdir(&actions, folder) }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { _ = unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(leadsGroup ? POSIX_SPAWN_SETPGROUP : 0))
        pid = try unsafe Self.spawn(program, arguments, environment, &actions, &attributes)
    }

    private static func spawn(
        _ program: FilePath, _ arguments: [ByteString], _ environment: [ByteString],
        _ actions: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t
    ) throws(SystemError) -> pid_t {
        for value in arguments + environment where value.containsNUL {
            throw SystemError("posix_spawn", value, errno: .invalidArgument)
        }
        var pid: pid_t = 0
        let status = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe program.withPlatformString { path in
                    unsafe posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
                }
            }
        }
        guard status == 0 else {
            throw SystemError("posix_spawn", ByteString(program), errno: Errno(rawValue: status))
        }
        return pid
    }

    /// Waits for the end; the result is wait(2)'s status.
    public consuming func wait() throws(SystemError) -> CInt {
        let pid = pid
        discard self
        var status: CInt = 0
        try check("waitpid") { unsafe waitpid(pid, &status, 0) }
        return status
    }

    /// Nobody waited, so something went wrong on the way: the child must not outlive its purpose.
    deinit {
        kill(pid, SIGKILL)
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) == -1 && errno == EINTR {}
    }
}
