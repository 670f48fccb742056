/// The system calls of a worker that unpacks or packs a layer.
///
/// By what they are for; names that an architecture lacks are left out there. The lists hold what glibc makes of its
/// functions on x86-64 and arm64, so some are the old and the new form of one call.
enum WorkerSystemCalls {
    static let names = streams + files + metadata + attributes + memory + threads + process

    private static let streams = [
        "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev", "pwritev2", "lseek",
        "close", "close_range", "dup", "dup2", "dup3", "fcntl", "poll", "ppoll", "select", "pselect6", "pipe", "pipe2",
        "copy_file_range", "sendfile", "fadvise64", "readahead",
    ]

    private static let files = [
        "open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "link", "linkat", "symlink",
        "symlinkat", "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "readlink", "readlinkat",
        "getdents64", "chdir", "fchdir", "getcwd", "umask", "ftruncate", "truncate", "fallocate", "fsync", "fdatasync",
        "sync_file_range", "syncfs", "flock", "memfd_create",
    ]

    private static let metadata = [
        "stat", "fstat", "lstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2",
        "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat", "utime", "utimes",
        "futimesat", "utimensat",
    ]

    private static let attributes = [
        "getxattr", "lgetxattr", "fgetxattr", "listxattr", "llistxattr", "flistxattr", "setxattr", "lsetxattr",
        "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "setxattrat", "getxattrat", "listxattrat",
        "removexattrat",
    ]

    private static let memory = [
        "mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "mincore",
    ]

    private static let threads = [
        "futex", "futex_waitv", "sched_yield", "sched_getaffinity", "set_robust_list", "get_robust_list", "rseq",
        "membarrier", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time",
        "restart_syscall", "gettid",
    ]

    private static let process = [
        "exit", "exit_group", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack",
        "tgkill", "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrandom", "getrlimit", "prlimit64",
        "getrusage", "sysinfo", "uname", "times", "set_tid_address",
    ]
}
