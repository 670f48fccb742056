import Diagnostics
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// From inside a step no file of the host is read or changed that it was not given.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("cc"))
struct FileEscapeTests {
    /// CVE-2024-21626, CVE-2019-5736, CVE-2015-3627.
    @Test func noPathLeadsToAFileOfTheHost() throws {
        let attempt = try EscapeAttempt([
            "S=$(cat /mnt/data/path)",
            "for root in / /../../../.. /proc/self/root /proc/1/root /proc/1/cwd /proc/self/cwd /dev/shm/../.. /proc/thread-self/root; do",
            "  cat $root/$S && echo \"read $root: WORKED\" || echo \"read $root: failed\"; done 2>&1",
            "for n in 3 4 5 6 7 8 9 10 11 12; do for p in self 1 $$; do",
            "  cat /proc/$p/fd/$n/$S 2>/dev/null && echo \"descriptor $p/$n: WORKED\"; done; done",
            "ln -s /proc/1/root/$S /link; cat /link 2>/dev/null && echo \"link: WORKED\"",
            "escape climb $S", "escape handle / /stacker/imports /mnt/data /etc/resolv.conf",
            "rm -rf /cell; exit 0",
        ]) { try $0.write("data/path", "\($0.path)/secret") }
        attempt.expectFailure(of: 13)
        #expect(!attempt.output.contains(EscapeAttempt.secret))
        #expect(attempt.project.leftovers().isEmpty)
    }

    /// Programs of the host are not where a step could write to them (CVE-2019-5736).
    @Test func noProgramOfTheHostCanBeWritten() throws {
        let programs = [Program.built("stacker"), Program.built("stacker-nsexec")]
        func sums() throws -> String {
            try programs.map { try Program.run("/usr/bin/sha256sum", [.init($0.string)]).stdoutText }.joined()
        }
        let before = try sums()
        let attempt = try EscapeAttempt([
            "for n in 1 2 3 4 5 6 7 8 9 10; do escape executable 1 self; done",
            "find / -xdev -name 'stacker*' -type f | grep -v '^/proc' && echo \"found: WORKED\"", "exit 0",
        ])
        attempt.expectFailure(of: 10, "open /proc/1")
        attempt.expectFailure(of: 10, "reopen")
        #expect(!attempt.output.contains("found: WORKED"), "\(attempt.output)")
        #expect(try sums() == before)
    }

    /// CVE-2019-18837: what lies at the place of the resolver's configuration in the image is never written through.
    @Test(arguments: [
        "ln -s /etc/passwd base/etc/resolv.conf",
        "ln -s ../../../../../../var/lib/things/one base/etc/resolv.conf",
        "ln -s ../run/systemd/resolve/stub-resolv.conf base/etc/resolv.conf", "echo image > base/etc/resolv.conf",
        "mkfifo base/etc/resolv.conf", "true",
    ])
    func theResolverConfigurationOfTheHostStaysAsItIs(_ setUp: String) throws {
        let before = try? Data(contentsOf: URL(fileURLWithPath: "/etc/resolv.conf"))
        let attempt = try EscapeAttempt(
            [
                "cat /etc/resolv.conf >/mnt/data/seen", "escape writable /etc/resolv.conf", "rm -f /etc/resolv.conf",
                "mv /etc/resolv.conf /etc/moved", "exit 0",
            ]
        ) { project in
            let script =
                "mkdir base && tar -xf base.tar -C base && \(setUp) && tar --owner=0 --group=0 -cf base.tar -C base ."
            let made = try project.run("/bin/sh", "-c", ByteString(script))
            #expect(made.exitCode == 0, "\(made.stderrText)")
        }
        attempt.expectFailure(of: 1, "write")
        #expect((try? Data(contentsOf: URL(fileURLWithPath: "/etc/resolv.conf"))) == before)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(attempt.project.path)/data/seen")) == before)
        #expect(try attempt.text("data/file") == "of the host\n")
        let members = try attempt.project.members(try attempt.project.layers("app").last ?? "")
        #expect(members.keys.allSatisfy { !$0.hasPrefix("run/") }, "\(members.keys)")
    }

    @Test func importsStayAsTheyAre() throws {
        let attempt = try EscapeAttempt([
            "escape mounts /stacker/imports", "escape writable /stacker/imports/imported",
            "echo x > /stacker/imports/new && echo \"create: WORKED\" || echo \"create: failed\"",
            "rm -rf /stacker/imports/imported && echo \"remove: WORKED\" || echo \"remove: failed\"",
            "chmod 777 /stacker/imports && echo \"chmod: WORKED\" || echo \"chmod: failed\"", "exit 0",
        ])
        attempt.expectFailure(of: 9)
        #expect(try attempt.text(".stacker/imports/app/imported") == "an import\n")
        #expect(!FileManager.default.fileExists(atPath: "\(attempt.project.path)/.stacker/imports/app/new"))
    }

    /// Devices that a step makes, or that its base brings, give no way around file systems.
    @Test func noDeviceOfTheHostCanBeOpened() throws {
        var status = stat()
        #expect(stat("/", &status) == 0)
        let number = "\((status.st_dev >> 8) & 0xfff) \((status.st_dev & 0xff) | ((status.st_dev >> 12) & 0xfff00))"
        let attempt = try EscapeAttempt(["escape device \(number)", "ls /dev", "exit 0"])
        attempt.expectFailure(of: 6, "mknod")
        #expect(
            attempt.lines.filter { !$0.contains(":") } == [
                "console", "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty",
                "urandom", "zero",
            ])
    }

    /// A set-id program in a root belongs to the user who builds: nobody else may reach it.
    @Test func nobodyElseReachesWhatIsInARoot() throws {
        let attempt = try EscapeAttempt(["cp /bin/busybox /shell; chmod 6755 /shell"])
        for name in ["roots", ".stacker"] {
            var status = stat()
            #expect(stat("\(attempt.project.path)/\(name)", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
        }
    }
}
