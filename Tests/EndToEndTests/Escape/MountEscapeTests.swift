import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// From inside a step what stacker mounted cannot be changed, and nothing is mounted on the host.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("cc"))
struct MountEscapeTests {
    private func hostMounts() throws -> String { try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) }

    /// CVE-2023-25809: a cgroup tree that belongs to the user would be writable.
    @Test func whatTheHostLendsStaysReadOnlyAndStays() throws {
        let attempt = try EscapeAttempt([
            "escape mounts /sys /sys/fs/cgroup /sys/firmware /etc/resolv.conf /stacker/imports",
            "mkdir /sys/fs/cgroup/made 2>/dev/null && echo \"cgroup: WORKED\" || echo \"cgroup: failed\"",
            "for f in $(find /sys/fs/cgroup -name cgroup.procs | head -n 20); do escape writable $f; done",
            "ls -A /sys/firmware | wc -l", "exit 0",
        ])
        attempt.expectFailure(of: 20)
        #expect(attempt.lines.last == "0", "\(attempt.output)")
    }

    /// CVE-2018-10892, CVE-2017-16539, CVE-2020-8694, CVE-2022-0492.
    @Test func settingsOfTheKernelCannotBeWritten() throws {
        let attempt = try EscapeAttempt([
            "escape writable /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/drop_caches "
                + "/proc/sysrq-trigger /proc/sys/fs/binfmt_misc/register /sys/kernel/uevent_helper /sys/power/state "
                + "/sys/kernel/mm/transparent_hugepage/enabled /proc/kcore /proc/1/mem",
            "cat /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug 2>/dev/null | head -c 100 | wc -c",
            "exit 0",
        ])
        attempt.expectFailure(of: 10, "write")
        #expect(attempt.lines.last == "0", "\(attempt.output)")
    }

    /// What is uncovered by an own procfs is not writable either, as the kernel asks for rights on the host.
    @Test(.requiresUser) func aProcfsOfOnesOwnIsNoWayAround() throws {
        let attempt = try EscapeAttempt([
            "umount -l /proc/sys; umount -l /proc/kcore; mkdir /p; mount -t proc proc /p || echo \"mount: failed\"",
            "for p in /p /proc; do escape writable $p/sys/kernel/core_pattern $p/sysrq-trigger $p/sys/kernel/modprobe $p/kcore; done",
            "umount -l /p; umount -l /proc; ls -d /proc/[0-9]* | wc -l",
            "cat /proc/1/cmdline | tr '\\\\0' ' '", "rmdir /p; exit 0",
        ])
        attempt.expectFailure(of: 8, "write")
        // Below the procfs of the step is one of stacker's own processes, never that of the host.
        #expect(attempt.output.contains("stacker-nsexec"), "\(attempt.output)")
    }

    @Test func nothingIsMountedOnTheHost() throws {
        let before = try hostMounts()
        let attempt = try EscapeAttempt([
            "mkdir -p /m; mount -t tmpfs tmpfs /m; mount -t tmpfs tmpfs /mnt/data; mount --bind /bin /mnt/data",
            "mount --make-rshared / ; mount -t tmpfs tmpfs /m", "umount -l /m; umount -l /m; rmdir /m; exit 0",
        ])
        #expect(try hostMounts() == before)
        #expect(try attempt.text("data/file") == "of the host\n")
    }

    @Test(.requiresRoot) func rootOfTheHostMountsNothing() throws {
        let attempt = try EscapeAttempt([
            "mkdir /m; mount -t tmpfs tmpfs /m && echo \"mount: WORKED\" || echo \"mount: failed\"",
            "unshare -m true && echo \"unshare: WORKED\" || echo \"unshare: failed\"",
            "unshare -U true && echo \"unshare -U: WORKED\" || echo \"unshare -U: failed\"", "rmdir /m; exit 0",
        ])
        attempt.expectFailure(of: 3)
    }

    /// Other tools that make containers in a step need these.
    @Test(.requiresUser) func whatBuildsNeedStillWorks() throws {
        let attempt = try EscapeAttempt([
            "mkdir -p /m/proc /m/dev; mount -t tmpfs t /m && umount /m && echo tmpfs",
            "mount -t proc proc /m/proc && umount /m/proc && echo proc",
            "mount --bind /dev /m/dev && umount /m/dev && echo dev",
            "mount --rbind /sys /m/dev && umount -l /m/dev && echo sys",
            "unshare -pfm --mount-proc ls -d /proc/1 >/dev/null && echo pid", "unshare -Ur id -u",
            "rm -r /m; exit 0",
        ])
        #expect(attempt.lines == ["tmpfs", "proc", "dev", "sys", "pid", "0"])
    }
}
