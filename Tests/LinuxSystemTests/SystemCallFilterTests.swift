import CShims
import Glibc
import LinuxSystem
import Testing

@Suite struct SystemCallFilterTests {
    /// The filter binds a process for ever: a process of its own gets it.
    private static func inChild(_ body: @Sendable () throws -> Void) -> Int32 {
        let child = fork()
        if child == 0 {
            // Without privileges a filter needs this.
            guard stk_set_no_new_privileges() == 0 else { _exit(9) }
            do { try body() } catch { _exit(8) }
            _exit(0)
        }
        var status: CInt = 0
        waitpid(child, &status, 0)
        return status
    }

    @Test func `refused calls fail, others work`() {
        let status = Self.inChild {
            try SystemCallFilter.refusing(["mkdir", "mkdirat", "no such call"]).install()
            guard mkdir("/tmp/never", 0o700) == -1, errno == EPERM else { _exit(2) }
            guard access("/", F_OK) == 0 else { _exit(3) }
        }
        #expect(status == 0)
    }

    @Test func `a call that is not on the list ends the process`() {
        let status = Self.inChild {
            try SystemCallFilter.allowingOnly(["exit_group", "write"]).install(.allThreads)
            _ = mkdir("/tmp/never", 0o700)
            _exit(2)
        }
        #expect(status & 0x7f == SIGSYS)
    }

    @Test(.enabled(if: geteuid() == 0, "giving up capabilities needs some"))
    func `capabilities that are given up are gone`() {
        let status = Self.inChild {
            try ThreadCapabilities.limitBoundingSet(to: [.kill, .setProcessCapabilities])
            try ThreadCapabilities.replace(with: [.kill])
            guard chown("/tmp", 1, 1) == -1, errno == EPERM else { _exit(2) }
        }
        #expect(status == 0)
    }
}
