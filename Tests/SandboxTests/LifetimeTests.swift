import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import Testing

@Suite struct LifetimeTests {
    /// Every process of a step that sleeps for a time that nobody else sleeps for.
    private static func processes(sleeping marker: String) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { process in
            let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
            return String(decoding: command, as: UTF8.self).contains(marker)
        }
    }

    private static func wait(_ condition: () -> Bool) -> Bool {
        for _ in 0..<200 {
            if condition() { return true }
            usleep(20_000)
        }
        return condition()
    }

    private static func mountTableHas(_ text: String) -> Bool {
        ((try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? "").contains(text)
    }

    @Test(arguments: TestUser.all)
    func `kill -9 of the process that asked leaves nothing`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let marker = "98\(UInt32.random(in: 100_000...999_999))"
        let helper = try workshop.start(.step(workshop.step("sleep \(marker) & sleep \(marker); true")), below: true)
        #expect(Self.wait { Self.processes(sleeping: marker).count == 3 }, "the shell and both sleepers run")
        #expect(!Self.mountTableHas(workshop.path), "no mount is visible outside")
        kill(helper.process, SIGKILL)
        #expect(Self.wait { Self.processes(sleeping: marker).isEmpty })
        #expect(Self.wait { Self.processes(sleeping: workshop.path).isEmpty }, "stacker-nsexec itself is gone")
        _ = try helper.exitStatus()
    }

    @Test(arguments: TestUser.all)
    func `closing the channel ends the step`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let marker = "97\(UInt32.random(in: 100_000...999_999))"
        let helper = try workshop.start(.step(workshop.step("sleep \(marker)")))
        #expect(Self.wait { !Self.processes(sleeping: marker).isEmpty })
        helper.hangUp()
        _ = try helper.exitStatus()
        #expect(Self.processes(sleeping: marker).isEmpty)
        #expect(try workshop.run("find upper -mindepth 1") == "", "mount points are removed all the same")
    }

    @Test(arguments: TestUser.all, [SIGTERM, SIGINT, SIGHUP, SIGQUIT])
    func `signals reach the command`(user: TestUser, number: CInt) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir notes")
        let bind = Step.Bind(source: ByteString("\(workshop.path)/notes"), destination: "/notes", isWritable: true)
        let script = "trap 'exit 42' TERM INT HUP QUIT; touch /notes/ready; while :; do sleep 0.05; done"
        let helper = try workshop.start(.step(workshop.step(script, binds: [bind])))
        #expect(Self.wait { access("\(workshop.path)/notes/ready", F_OK) == 0 })
        kill(helper.process, number)
        #expect(try helper.reply() == .exited(42))
        _ = try helper.exitStatus()
    }

    @Test(.enabled(if: TestUser.ordinary != nil, "needs a user with subordinate ids"))
    func `a request from a process that is gone is not begun`() throws {
        let user = try #require(TestUser.ordinary)
        let helper = try Helper(.holdNamespace(user.maps), as: user, parent: 1)
        #expect(throws: (any Error).self) { try helper.reply() }
        #expect(try helper.exitStatus() == 1 << 8)
    }

    @Test func `what is not a request is refused`() throws {
        let helper = try Helper(nil, as: TestUser.all[0])
        try helper.channel.write([3, 0, 0, 0, 1, 2, 3])
        #expect(try helper.exitStatus() == 65 << 8)
    }

    @Test(arguments: [[], ["3"], ["1"], ["--help"], ["3", "4"]])
    func `started by hand it says what it is`(arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Helper.program)
        process.arguments = arguments
        let errors = Foundation.Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 64)
        #expect(text == "stacker-nsexec: internal helper of stacker; not meant to be run by hand\n")
    }
}
