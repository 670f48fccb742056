import Diagnostics
import SystemPackage
import TestSupport
import Testing

/// Commands that a person works with on a terminal.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("python3"))
struct TerminalTests {
    /// Starts stacker on a terminal of 33 lines and 77 columns and does what `body` says: `wait(TEXT)` reads until the
    /// text is there, `type(TEXT)` is the keyboard, `status()` waits for the end.
    private func drive(_ project: Project, _ arguments: [String], _ body: String) throws -> Program {
        try project.write(
            "terminal.py",
            """
            import fcntl, os, pty, select, signal, struct, sys, termios, time
            pid, master = pty.fork()
            if pid == 0:
                time.sleep(0.2)
                os.execv(sys.argv[1], sys.argv[1:])
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
            before = termios.tcgetattr(master)
            seen = b""
            def read():
                global seen
                if not select.select([master], [], [], 20)[0]: sys.exit("nothing more than %r" % seen)
                try: piece = os.read(master, 4096)
                except OSError: piece = b""
                seen += piece
                return piece
            def wait(text):
                global seen
                while text not in seen:
                    if not read(): sys.exit("never saw %r in %r" % (text, seen))
                seen = seen[seen.index(text) + len(text):]
            def type(text): os.write(master, text)
            def rest():
                while read(): pass
                return seen
            def status():
                rest()
                return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            \(body)
            """)
        let program = ByteString(Program.built("stacker").string)
        return try Program.run(
            "/usr/bin/python3", ["terminal.py", program] + arguments.map { ByteString($0) },
            environment: Program.defaultEnvironment + ["TERM=vt100"], currentDirectory: project.path,
            timeLimit: .seconds(60))
    }

    private func built() throws -> Project {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run: echo 1 > /made\n")
        try project.makeBase(adding: ["tty", "stty"])
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)")
        return project
    }

    @Test func aShellHasATerminalOfItsOwn() throws {
        let run = try drive(
            try built(), ["chroot"],
            #"""
            wait(b"# ")
            type(b"tty; stty size; echo $TERM; test -t 1 && test -t 2 && echo ALL\n")
            wait(b"/dev/pts/0\r\n33 77\r\nvt100\r\nALL\r\n")
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
            type(b"sleep 0.3; stty size\n")
            wait(b"\r\n40 100\r\n")
            type(b"exit 5\n")
            print(status(), termios.tcgetattr(master) == before)
            """#)
        #expect(run.stdoutText == "5 True\n", "\(run.stderrText)")
    }

    @Test func keysThatAreSignalsGoToTheCommandInTheForeground() throws {
        let run = try drive(
            try built(), ["chroot", "app", "/bin/sh"],
            #"""
            wait(b"# ")
            type(b"sleep 1000\n")
            wait(b"\r\n")
            time.sleep(0.3)
            type(b"\x03")
            type(b"echo interrupted $?\n")
            wait(b"interrupted 130\r\n")
            type(b"sleep 1001\n")
            wait(b"\r\n")
            time.sleep(0.3)
            type(b"\x1a")
            wait(b"Stopped")
            type(b"cat\n")
            time.sleep(0.3)
            type(b"a line\n\x04")
            wait(b"a line\r\na line\r\n")
            type(b"exit\n")
            wait(b"stopped jobs")
            type(b"exit 6\n")
            print(status(), termios.tcgetattr(master) == before)
            """#)
        #expect(run.stdoutText == "6 True\n", "\(run.stderrText)")
    }

    @Test(arguments: [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
    func aSignalEndsTheCommandAndTheTerminalIsAsBefore(_ signal: String, _ status: Int) throws {
        let project = try built()
        let run = try drive(
            project, ["chroot", "app", "sh", "-c", "trap '' TERM HUP INT; stty raw -echo; echo ready; sleep 1000"],
            """
            wait(b"ready")
            os.kill(pid, signal.\(signal))
            print(status(), termios.tcgetattr(master) == before)
            """)
        #expect(run.stdoutText == "\(status) True\n", "\(run.stderrText)")
        #expect(project.leftovers().isEmpty)
    }

    @Test func theEndOfTheTerminalEndsTheCommand() throws {
        let project = try built()
        let run = try drive(
            project, ["chroot", "app", "sh", "-c", "trap '' HUP; echo ready; sleep 1000"],
            """
            wait(b"ready")
            os.close(master)
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """)
        #expect(run.stdoutText == "129\n", "\(run.stderrText)")
        #expect(project.leftovers().isEmpty)
    }

    @Test func aCommandThatPrintsMuchLosesNothing() throws {
        let run = try drive(
            try built(),
            ["chroot", "app", "sh", "-c", "stty -onlcr; head -c 3000000 /dev/zero | tr '\\0' x; echo END"],
            """
            text = rest()
            print(text.count(b"x" * 3000000), text.endswith(b"END\\n"), status())
            """)
        #expect(run.stdoutText == "1 True 0\n", "\(run.stderrText)")
    }

    @Test func anOutputThatIsNoTerminalStaysWhatItIs() throws {
        let project = try built()
        let script = "tty; test -t 1 && echo TERMINAL; test -t 2 && echo yes >&2"
        let command = "\(Program.built("stacker")) chroot app sh -c '\(script)' >out"
        let run = try project.run("/usr/bin/script", "-qec", ByteString(command), "/dev/null")
        #expect(run.exitCode == 0, "\(run.stdoutText)")
        #expect(try project.run("/bin/cat", "out").stdoutText.contains("TERMINAL") == false)
        #expect(run.stdoutText.contains("yes"), "\(run.stdoutText)")
    }

    // MARK: after a failure

    private static let failing = """
        app:
          from: {type: tar, url: base.tar}
          imports: [imported]
          run: [echo 1 > /left, cat /nowhere]
        other:
          from: {type: tar, url: base.tar}
          run: sleep 1

        """

    private func failingProject() throws -> Project {
        let project = try Project(Self.failing)
        try project.makeBase(adding: ["tty", "stty"])
        try project.write("imported", "an import\n")
        return project
    }

    @Test func aShellOpensWhereTheScriptFailed() throws {
        let project = try failingProject()
        let run = try drive(
            project, ["build", "--shell-fail"],
            #"""
            wait(b"/bin/sh in its place")
            wait(b"# ")
            type(b"cat /left /stacker/imports/imported; tty; echo mended > /left\n")
            wait(b"1\r\nan import\r\n/dev/pts/0\r\n")
            type(b"exit 0\n")
            wait(b"run commands failed for image \"app\"")
            wait(b"the last command was: cat /nowhere")
            print(status(), termios.tcgetattr(master) == before)
            """#)
        #expect(run.stdoutText == "1 True\n", "\(run.stderrText)")
        let left = try project.run("/bin/cat", "roots/app/overlay/left")
        #expect(left.stdoutText == "mended\n")
        #expect(project.leftovers().isEmpty)
    }

    @Test func withoutATerminalTheProgramGetsWhatIsThere() throws {
        let project = try failingProject()
        let build = try Program.run(
            Program.built("stacker"), ["build", "--on-run-failure", "/bin/cat"], currentDirectory: project.path,
            stdin: "from standard input\n")
        #expect(build.exitCode == 1)
        #expect(build.stdoutText.contains("from standard input\n"), "\(build.stdoutText)")
        #expect(build.stderrText.contains("run commands failed for image \"app\""), "\(build.stderrText)")
    }

    @Test func aProgramThatIsNotThereIsAWarningAndTheFailureStays() throws {
        let project = try failingProject()
        let build = try project.stacker("build", "--on-run-failure=nowhere")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("cannot run nowhere"), "\(build.stderrText)")
        #expect(build.stderrText.contains("run commands failed for image \"app\""))
    }

    @Test func twoProgramsAreOneTooMany() throws {
        let project = try failingProject()
        let build = try project.stacker("build", "--shell-fail", "--on-run-failure=/bin/cat")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("incompatible"), "\(build.stderrText)")
        #expect(
            try project.stacker("build", "--shell-fail", "--on-run-failure=/bin/sh").stderrText.contains(
                "run commands failed"))
    }
}
