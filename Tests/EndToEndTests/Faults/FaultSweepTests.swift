import TestSupport
import Testing

/// What a crash or a failing disk leaves, at many points of a build; in `make soak` at every one.
@Suite(
    .requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("strace"), .serialized)
struct FaultSweepTests {
    /// What changes something outside of the process that makes the call.
    private static let changes = [
        "clone", "clone3", "close", "copy_file_range", "execve", "fchmod", "fchmodat", "fchown", "fchownat", "flock",
        "fork", "fsconfig", "fsetxattr", "fsmount", "fsync", "ftruncate", "ioctl", "kill", "link", "linkat",
        "lsetxattr", "mkdir", "mkdirat", "mknodat", "mount", "mount_setattr", "move_mount", "open_tree", "openat2",
        "pivot_root", "pwrite64", "pwritev", "rename", "renameat2", "rmdir", "sendmsg", "sendto", "setns",
        "setresuid", "socketpair", "symlinkat", "umount2", "unlinkat", "unshare", "utimensat", "vfork", "wait4",
        "write", "writev",
    ]

    /// What a disk may refuse.
    private static let diskCalls = [
        "copy_file_range", "fchmod", "fsync", "ftruncate", "link", "linkat", "mkdirat", "openat2", "pwrite64",
        "pwritev", "rename", "renameat2", "symlinkat", "unlinkat", "write", "writev",
    ]

    private static let diskErrors: [FaultPoint.Fault] = [.error("ENOSPC"), .error("EIO")]

    @Test func aKilledStackerLeavesTheOldImagesOrTheNewOnes() throws {
        let sweep = try FaultSweep()
        try sweep.run(try sweep.points(.frontend, Self.changes, [.killed]), most: 20)
    }

    @Test(.requiresTracer) func aKilledHelperStepOrWorkerLeavesTheOldImagesOrTheNewOnes() throws {
        let sweep = try FaultSweep()
        try sweep.run(try sweep.points(.helper, Self.changes, [.killed]), most: 20)
    }

    @Test func aFullOrBrokenDiskUnderStackerLeavesTheOldImagesOrTheNewOnes() throws {
        let sweep = try FaultSweep()
        try sweep.run(try sweep.points(.frontend, Self.diskCalls, Self.diskErrors), most: 20)
    }

    @Test(.requiresTracer) func aFullOrBrokenDiskUnderAHelperStepOrWorkerLeavesTheOldImagesOrTheNewOnes() throws {
        let sweep = try FaultSweep()
        try sweep.run(try sweep.points(.helper, Self.diskCalls, Self.diskErrors), most: 20)
    }
}
