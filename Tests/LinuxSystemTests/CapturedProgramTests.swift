import Diagnostics
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LinuxSystem

@Suite struct `A program whose output is captured` {
    private func run(
        _ script: ByteString, limit: Int = 1_000, timeLimit: Duration = .seconds(20)
    ) throws -> CapturedProgram.Result {
        try CapturedProgram.run("/bin/sh", ["-c", script], outputLimit: limit, timeLimit: timeLimit)
    }

    @Test func `gives its output and its status`() throws {
        #expect(try run("echo out; echo err >&2; exit 3") == .exited(3, stdout: Array("out\n".utf8)))
    }

    @Test func `is killed when it takes too long`() throws {
        let start = ContinuousClock.now
        #expect(try run("sleep 100", timeLimit: .milliseconds(200)) == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test func `is killed with what it started`() throws {
        let pipe = try FileDescriptor.pipe()
        defer { try? pipe.readEnd.close() }
        let path = "/proc/\(getpid())/fd/\(pipe.writeEnd.rawValue)"
        #expect(try run(ByteString("sleep 1000 9>\(path) & sleep 1000"), timeLimit: .milliseconds(200)) == .timedOut)
        try pipe.writeEnd.close()
        // Ends only when nobody holds the other end any more.
        #expect(try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try pipe.readEnd.read(into: $0) } == 0)
    }

    @Test func `is killed when it writes too much`() throws {
        #expect(try run("yes") == .tooMuchOutput)
    }

    @Test func `may leave a child behind that holds its output`() throws {
        #expect(try run("sleep 5 & echo out") == .exited(0, stdout: Array("out\n".utf8)))
    }

    @Test func `sees nothing of our environment`() throws {
        #expect(
            try run("env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= | sort")
                == .exited(0, stdout: Array("LC_ALL=C\nPATH=/usr/bin:/bin:/usr/sbin:/sbin\n".utf8)))
    }

    @Test func `reports its signal`() throws {
        #expect(try run("kill -9 $$") == .signalled(9))
    }

    @Test func `must exist`() {
        #expect(throws: SystemError("posix_spawn", "/nonexistent/program", errno: .noSuchFileOrDirectory)) {
            try CapturedProgram.run("/nonexistent/program", [], outputLimit: 1, timeLimit: .seconds(1))
        }
    }
}
