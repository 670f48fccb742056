import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a build leaves when somebody wants it to end.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("python3"))
struct InterruptionTests {
    /// The step ignores what asks it to end, has a child in a session of its own, and waits.
    private static let stubborn = """
        app:
          from: {type: tar, url: base.tar}
          run:
            - trap '' INT TERM HUP QUIT
            - (sleep 1000 &)
            - touch /here
            - sleep 1000

        """

    @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129), ("QUIT", 131)])
    func aSignalEndsTheBuildAndAllItsProcesses(_ signal: String, status: Int) throws {
        let project = try Project(Self.stubborn)
        try project.makeBase()
        // With job control on, the shell does not make its background jobs ignore SIGINT.
        let script = """
            set -m
            \(Program.built("stacker")) build >out 2>err &
            until [ -e roots/app/overlay/here ]; do sleep 0.02; done
            kill -\(signal) $!
            wait $!
            echo $?
            """
        let run = try project.run("/bin/bash", "-c", ByteString(script))
        #expect(run.stdoutText == "\(status)\n", "\(run.stderrText)")
        let messages = try String(contentsOfFile: "\(project.path)/err", encoding: .utf8)
        #expect(messages.hasSuffix("error: interrupted by SIG\(signal)\n"), "\(messages)")
        #expect(project.leftovers().isEmpty)
        try project.write("stacker.yaml", "app:\n  from: {type: tar, url: base.tar}\n  run: echo done\n")
        let again = try project.stacker("build")
        #expect(again.exitCode == 0, "\(again.stderrText)")
    }

    @Test func nohupKeepsTheBuildFromEndingWithTheTerminal() throws {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  run: [touch /here, sleep 1, touch /there]\n")
        try project.makeBase()
        let script = """
            set -m
            (trap '' HUP; exec \(Program.built("stacker")) build >out 2>err) &
            until [ -e roots/app/overlay/here ]; do sleep 0.02; done
            kill -HUP $!
            wait $!
            """
        let run = try project.run("/bin/bash", "-c", ByteString(script))
        #expect(run.exitCode == 0, "\(run.stderrText)")
    }

    /// ^C reaches every process of the terminal's foreground group, and the terminal must be usable afterwards.
    @Test func controlCEndsTheBuildAndTheTerminalIsAsBefore() throws {
        let project = try Project(Self.stubborn)
        try project.makeBase()
        try project.write(
            "terminal.py",
            """
            import os, pty, sys, termios, time
            pid, master = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], [sys.argv[1], "build"])
            before = termios.tcgetattr(master)
            while not os.path.exists("roots/app/overlay/here"):
                time.sleep(0.02)
            changed = termios.tcgetattr(master)
            changed[3] &= ~termios.ECHO
            termios.tcsetattr(master, termios.TCSANOW, changed)
            os.write(master, b"\\x03")
            text = b""
            while True:
                try: piece = os.read(master, 4096)
                except OSError: break
                if not piece: break
                text += piece
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            print(b"interrupted by SIGINT" in text)
            """)
        let run = try project.run(
            "/usr/bin/python3", "terminal.py", ByteString(Program.built("stacker").string))
        #expect(run.stdoutText == "130\nTrue\n", "\(run.stderrText)")
        #expect(project.leftovers().isEmpty)
    }

    @Test func aClosedPipeLeavesNoProcess() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              run: |
                while :; do echo line; done

            """)
        try project.makeBase()
        let script = "\(Program.built("stacker")) build 2>err | head -n 1; echo ${PIPESTATUS[0]}"
        let run = try project.run("/bin/bash", "-c", ByteString(script))
        #expect(run.stdoutText.hasSuffix("\n141\n"), "\(run.stdoutText)")
        #expect(project.leftovers().isEmpty)
    }
}
