import Diagnostics
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// From inside a step no process of the host is seen, stopped, looked into or talked to.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("cc"))
struct ProcessEscapeTests {
    @Test func processesOfTheHostAreOutOfReach() throws {
        let attempt = try EscapeAttempt(
            [
                "V=$(cat /mnt/data/victim)", "[ -e /proc/$V ] && echo \"seen: WORKED\"", "escape kill $V",
                "escape inspect $V", "trap '' TERM; kill -TERM -1", "ps | grep -c '[s]leep'", "exit 0",
            ], beside: "{ touch data/ready; exec sleep 300; }")
        attempt.expectFailure(of: 9)
        #expect(attempt.lines.last == "0", "\(attempt.output)")
    }

    /// CVE-2016-9962, CVE-2022-1227.
    @Test func theProcessesOfStackerCannotBeLookedInto() throws {
        let attempt = try EscapeAttempt([
            "escape inspect 1", "escape writable /proc/1/mem",
            "for f in environ maps root cwd auxv stack; do ls /proc/1/$f/ >/dev/null 2>&1 || cat /proc/1/$f >/dev/null 2>&1 && echo \"$f: WORKED\" || echo \"$f: failed\"; done",
            "for n in 0 3 4 5; do readlink /proc/1/fd/$n && echo \"fd: WORKED\"; done", "exit 0",
        ])
        attempt.expectFailure(of: 15)
    }

    @Test func memoryAndQueuesOfTheHostAreNotThere() throws {
        let made = try Program.run("/usr/bin/ipcmk", ["-M", "4096"])
        try #require(made.exitCode == 0)
        let id = made.stdoutText.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) } ?? ""
        defer { _ = try? Program.run("/usr/bin/ipcrm", ["-m", ByteString(id)]) }
        let attempt = try EscapeAttempt([
            "cat /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg | grep -vc perms", "ls -A /dev/shm | wc -l",
            "exit 0",
        ])
        #expect(attempt.lines == ["0", "0"])
    }

    /// CVE-2020-15257.
    @Test(.requiresTool("python3"), .enabled("needs Linux 6.12 with Landlock") { Self.hasScopes })
    func abstractSocketsOfTheHostAreOutOfReach() throws {
        let name = "stacker-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let server = """
            import pathlib, socket, time
            server = socket.socket(socket.AF_UNIX); server.bind("\\0\(name)"); server.listen(5)
            pathlib.Path("data/ready").touch()
            time.sleep(300)
            """
        let attempt = try EscapeAttempt(["escape call \(name)", "exit 0"], beside: "python3 server.py") {
            try $0.write("server.py", server)
        }
        attempt.expectFailure(of: 1, "connect")
        #expect(attempt.lines.contains("own: fine"), "\(attempt.output)")
    }

    /// Whether the kernel can close abstract sockets off: a file of its documentation would not tell, its version does.
    static var hasScopes: Bool {
        var name = utsname()
        guard uname(&name) == 0 else { return false }
        let release = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return numbers.count == 2 && (numbers[0], numbers[1]) >= (6, 12)
    }

    @Test func nothingOfAStepOutlivesIt() throws {
        let attempt = try EscapeAttempt([
            "(trap '' HUP TERM INT; sleep 1234 & sleep 1235 &) >/dev/null 2>&1 </dev/null", "exit 0",
        ])
        #expect(attempt.project.leftovers().isEmpty)
    }
}
