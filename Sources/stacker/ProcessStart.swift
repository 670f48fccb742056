import Diagnostics
import Glibc
import LinuxSystem

/// What has to be right in this process before anything else runs.
enum ProcessStart {
    /// The arguments as the kernel passed them, without the program's own name: bytes, none repaired.
    static func arguments() -> [ByteString] {
        (0..<Int(max(0, CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { text in
                ByteString(UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) })
            }
        }
        .dropFirst().map { $0 }
    }

    /// Makes the process independent of how it was started.
    ///
    /// - Descriptors 0 to 2 are open, so that no file we open later becomes somebody's standard output. A closed one
    ///   is opened the wrong way round: using it stays an error.
    /// - A broken pipe is an error of the call that wrote, not the end of the process. A handler that does nothing does
    ///   that; ignoring the signal would go on in every program we start.
    /// - A signal that asks to end ends the process with a message. None is blocked, and the end of a child is not
    ///   ignored, or nobody could wait for it.
    /// - The Swift runtime shows no backtrace, which would print memory; neither does that of a program we start.
    static func prepare() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        signal(SIGPIPE) { _ in }
        signal(SIGCHLD, SIG_DFL)
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        for crash in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] { signal(crash, SIG_DFL) }
        Interruption.endWithMessage()
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
    }
}
