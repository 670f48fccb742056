import Diagnostics
import SystemPackage
import TestSupport
import Testing

@Suite struct `The program runner` {
    @Test func `hands over arguments, input, environment and directory, and reports all output`() throws {
        let program = try Program.run(
            "/bin/sh", ["-c", "pwd; cat; printf %s \"$1$A\" >&2; exit 7", "sh", "one"], environment: ["A=two"],
            currentDirectory: "/usr", stdin: "input\n")
        #expect(program.status == .exited(7))
        #expect(program.stdout == "/usr\ninput\n")
        #expect(program.stderr == "onetwo")
    }

    @Test func `is not blocked by much output, nor by a child that holds the output open`() throws {
        let program = try Program.run(
            "/bin/sh", ["-c", "sleep 5 & head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"],
            timeLimit: .seconds(4))
        #expect(program.status == .exited(0))
        #expect(program.stdout.count == 1_000_000)
        #expect(program.stderr.count == 1_000_000)
    }

    @Test func `kills what runs past its time`() throws {
        let program = try Program.run("/bin/sleep", ["60"], timeLimit: .milliseconds(50))
        #expect(program.status == .timedOut)
    }

    @Test func `reports a signal`() throws {
        #expect(try Program.run("/bin/sh", ["-c", "kill -TERM $$"]).status == .signalled(15))
    }
}
