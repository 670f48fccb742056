import Diagnostics
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct `The stacker-setup program` {
    private func setup(_ arguments: [ByteString], _ environment: [ByteString] = []) throws -> Program {
        try Program.run(
            Program.built("stacker-setup"), arguments, environment: Program.defaultEnvironment + environment,
            currentDirectory: "/", timeLimit: .seconds(60))
    }

    private func lastLine(_ run: Program) -> Substring? { run.stdoutText.split(separator: "\n").last }

    @Test(arguments: [["--version"], ["status", "--version"]] as [[ByteString]])
    func `prints its version`(_ arguments: [ByteString]) throws {
        let run = try setup(arguments)
        #expect(run.status == .exited(0))
        #expect(run.stdout == "stacker-setup version 0.1.0\n")
    }

    @Test func `says in its help that it only reports`() throws {
        let run = try setup(["--help"], ["COLUMNS=1"])
        #expect(run.status == .exited(0))
        #expect(run.stdoutText.contains("Changes nothing and needs no root"))
    }

    @Test(
        .requiresRoot, arguments: [[], ["status"], ["status", "--user", "root"], ["--user", "0"]] as [[ByteString]])
    func `finds root ready`(_ arguments: [ByteString]) throws {
        let run = try setup(arguments)
        #expect(run.status == .exited(0))
        #expect(lastLine(run) == "ready: root builds without a user namespace")
    }

    @Test(.requiresUser, .requiresSubordinateIds) func `finds an ordinary user with ids ready`() throws {
        let run = try setup([])
        #expect(run.status == .exited(0), "\(run.stdoutText)")
        #expect(lastLine(run)?.hasPrefix("ready: ") == true)
    }

    @Test func `finds an account without ids not ready`() throws {
        let run = try setup(["--user", "daemon"])
        #expect(run.status == .exited(1))
        #expect(run.stdoutText.contains("not ready: too few subordinate user ids for daemon"))
        #expect(run.stderr.isEmpty)
    }

    @Test(
        arguments: [
            (
                ["--user", "no-such-account"],
                """
                stacker-setup: cannot tell which account to look at: there is no account `no-such-account`
                  hint: name one that `getent passwd` knows

                """, 1
            ),
            (
                ["--user", "+0"],
                """
                stacker-setup: cannot tell which account to look at: there is no account `+0`
                  hint: name one that `getent passwd` knows

                """, 1
            ),
            (["--nothing"], "stacker-setup: Unknown option '--nothing'\n  hint: see `stacker-setup --help`\n", 2),
            (["status", "x"], "stacker-setup: Unexpected argument 'x'\n  hint: see `stacker-setup --help`\n", 2),
        ] as [([ByteString], String, Int32)])
    func `says what is wrong with a command line`(_ arguments: [ByteString], _ message: String, _ status: Int32) throws
    {
        let run = try setup(arguments)
        #expect(run.status == .exited(status))
        #expect(run.stderrText == message)
        #expect(run.stdout.isEmpty)
    }

    @Test(.requiresRoot) func `reports under sudo on the account that ran sudo`() throws {
        let run = try setup([], ["SUDO_UID=1", "SUDO_USER=somebody"])
        #expect(run.stdoutText.hasPrefix("account "))
        #expect(run.stdoutText.contains(" daemon (uid 1)\n"))
    }

    @Test(.requiresRoot, arguments: ["", "+1", "01", "1\r\n", "4294967296", "3999999999", "daemon"])
    func `refuses a SUDO_UID that is no account`(_ value: String) throws {
        let run = try setup([], [ByteString("SUDO_UID=\(value)")])
        #expect(run.status == .exited(1))
        #expect(run.stderrText.contains("which is no account"))
        #expect(run.stderrText.hasSuffix("  hint: name the account with `--user`\n"))
    }

    @Test(.requiresUser) func `does not believe SUDO_UID of an ordinary user`() throws {
        let run = try setup([], ["SUDO_UID=0"])
        #expect(run.stdoutText.contains("(uid \(getuid()))\n"))
    }

    /// The commands that it prints are what a user will paste: run them, and ask again.
    @Test(.requiresRoot, .requiresTool("useradd"), .requiresTool("newuidmap"))
    func `prints commands that make an account ready`() throws {
        let name = ByteString("stk-setup-\(getpid())")
        // Another program may hold the lock of /etc/passwd for a moment, and useradd does not wait.
        func retry(_ program: FilePath, _ arguments: [ByteString]) throws -> Program {
            var run = try Program.run(program, arguments)
            for _ in 0..<100 where run.exitCode == 1 || run.exitCode == 10 || run.exitCode == 16 {
                usleep(50_000)
                run = try Program.run(program, arguments)
            }
            return run
        }
        let made = try retry(
            "/usr/sbin/useradd", ["-M", "-K", "SUB_UID_COUNT=0", "-K", "SUB_GID_COUNT=0", name])
        try #require(made.status == .exited(0), "\(made.stderrText)")
        defer { #expect(throws: Never.self) { try retry("/usr/sbin/userdel", [name]) } }

        let before = try setup(["--user", name])
        #expect(before.status == .exited(1))
        let command = try #require(lastLine(before)).drop { $0 == " " }
        try #require(command.hasPrefix("sudo usermod --add-subuids "))
        let words = command.split(separator: " ").dropFirst(2).map { ByteString(String($0)) }
        let given = try retry("/usr/sbin/usermod", words)
        try #require(given.status == .exited(0), "\(given.stderrText)")

        let after = try setup(["--user", name])
        #expect(after.status == .exited(0))
        #expect(lastLine(after) == "ready: \(name) can build")
    }

    /// Each script changes a private copy of /etc, in which `daemon` has ids, or the programs that the host shows.
    ///
    /// Nothing is ever written through a path in /etc: when another process renames a file there, as usermod does, the
    /// kernel drops every mount on the old one, and a write would reach the host. The copy is changed in its own place,
    /// and only then mounted over the directory, which nobody renames.
    @Test(
        .requiresRoot, .requiresTool("unshare"), .requiresTool("setpriv"), .requiresTool("newuidmap"),
        arguments: [
            ("", "ready: daemon can build"),
            ("printf 'daemon:524288:65536\\r\\n' > $etc/subuid", "[ID-05]"),
            ("printf 'daemon:524288:60000' > $etc/subgid", "[ID-05]"),
            ("rm $etc/subuid", "[ID-05]"),
            // Without the plugin of that name, shadow and getsubids go back to the files.
            ("echo 'subid: none-such' >> $etc/nsswitch.conf", "65536 in service none-such: 524288-589823"),
            ("echo 'subid: none-such' >> $etc/nsswitch.conf; : > $etc/subgid", "[ID-07]"),
            ("mount --bind /dev/null /usr/bin/getsubids; echo 'subid: x' >> $etc/nsswitch.conf", "[ID-08]"),
            ("cp /usr/bin/newuidmap /run/x; mount --bind /run/x /usr/bin/newuidmap", "[ID-02]"),
            (
                "cp /usr/bin/newuidmap /run/x; setcap cap_setuid=ep /run/x; mount --bind /run/x /usr/bin/newuidmap",
                "newuidmap, file capability"
            ),
            ("mount --bind /usr/bin /usr/bin; mount -o remount,bind,nosuid /usr/bin", "[ID-03]"),
            ("set -- setpriv --no-new-privs \"$@\"", "[ID-04]"),
        ])
    func `sees what a host lacks`(_ change: String, _ expected: String) throws {
        let script = """
            set -eu
            mount --make-rprivate /
            mount -t tmpfs -o mode=755 tmpfs /run
            etc=/run/etc
            mkdir $etc
            for file in passwd group os-release nsswitch.conf; do
                if [ -e /etc/$file ]; then cp /etc/$file $etc/$file; fi
            done
            echo daemon:524288:65536 > $etc/subuid
            echo daemon:524288:65536 > $etc/subgid
            \(change)
            mount --bind $etc /etc
            exec "$@"
            """
        let program = ByteString(Program.built("stacker-setup").string)
        let run = try Program.run(
            "/usr/bin/unshare",
            ["--mount", "/bin/sh", "-c", ByteString(script), "sh", program, "--user", "daemon"])
        #expect(run.stdoutText.contains(expected), "\(run.stdoutText) \(run.stderrText)")
        #expect(run.exitCode == (expected.hasPrefix("[") ? 1 : 0), "\(run.stderrText)")
    }

    @Test func `reports a full disk`() throws {
        let script: ByteString = "\"$1\" --version >/dev/full"
        let run = try Program.run(
            "/bin/sh", ["-c", script, "sh", ByteString(Program.built("stacker-setup").string)])
        #expect(run.status == .exited(1))
        #expect(run.stderrText.hasPrefix("stacker-setup: cannot write to standard output: "))
    }
}
