import CShims
import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import Sandbox
import SystemPackage
import TestSupport
import Testing

/// The worker's own half, behind stacker-nsexec; jail-worker is the program it starts.
@Suite struct WorkerJailTests {
    /// Starts a worker in a directory that has the name of what it shall do there.
    private static func start(_ deed: String, _ workshop: Workshop) throws -> Helper {
        try workshop.run("mkdir \(deed)")
        let worker = JailedProgram(
            program: ByteString(Program.built("jail-worker")), arguments: [ByteString(deed)], view: .directory,
            descriptors: [])
        return try workshop.start(.jail(worker), in: deed)
    }

    @Test(arguments: TestUser.all)
    func `a worker can do what unpacking a layer takes`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let helper = try Self.start("unpack", workshop)
        let reply = try helper.reply()
        #expect(reply == .exited(0))
        let (owner, group) = user.needsUserNamespace ? (user.users + 1233, user.groups + 76) : (1234, 77)
        #expect(
            try workshop.run("cd unpack; stat -c '%u %g %a %h %Y' renamed; stat -c '%F %t:%T' whiteout; cat dir/file")
                == "\(owner) \(group) 4755 2 3\ncharacter special file 0:0\ncontent")
    }

    @Test func `a process that stacker-nsexec did not start is not locked in`() {
        #expect(throws: Failure.self) { try WorkerJail.enter() }
    }

    @Test(arguments: TestUser.all)
    func `a worker makes no devices and sees nothing but its directory`(user: TestUser) throws {
        let helper = try Self.start("privileges", try Workshop(user))
        #expect(try helper.reply() == .exited(0))
    }

    @Test(arguments: TestUser.all)
    func `a system call that no worker needs is its end`(user: TestUser) throws {
        let workshop = try Workshop(user)
        for deed in ["socket", "execute"] {
            #expect(try Self.start(deed, workshop).reply() == .signalled(SIGSYS), "\(deed)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "looking into the worker needs root"), arguments: TestUser.all)
    func `from outside, every thread is confined and the one mount is the directory`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let helper = try Self.start("wait", workshop)
        for _ in 0..<500 where access("\(workshop.path)/wait/ready", F_OK) != 0 { usleep(10_000) }
        let worker = try #require(Self.child(of: helper.process))
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task")
        #expect(threads.count == 2)
        for thread in threads {
            let status = try String(contentsOfFile: "/proc/\(worker)/task/\(thread)/status", encoding: .utf8)
            for line in [
                "CapInh:\t0000000000000000", "CapPrm:\t000000008000001b", "CapEff:\t000000008000001b",
                "CapBnd:\t000000008000001b", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2",
            ] {
                #expect(status.contains("\(line)\n"), "\(line)")
            }
        }
        let mounts = try String(contentsOfFile: "/proc/\(worker)/mountinfo", encoding: .utf8)
        #expect(mounts.split(separator: "\n").count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/root/") == ["ready"])
        for number in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/fd") {
            var status = stat()
            #expect(stat("/proc/\(worker)/fd/\(number)", &status) != 0 || status.st_mode & S_IFMT != S_IFDIR)
        }
        for kind in ["mnt", "pid", "net", "ipc", "uts"] {
            let (theirs, ours) = (Self.namespace(kind, worker), Self.namespace(kind, getpid()))
            #expect(theirs != nil && theirs != ours, "\(kind)")
        }
        helper.hangUp()
        _ = try helper.exitStatus()
        #expect(access("/proc/\(worker)", F_OK) == -1)
    }

    private static func namespace(_ kind: String, _ process: pid_t) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/ns/\(kind)")
    }

    private static func child(of parent: pid_t?) -> pid_t? {
        guard let parent else { return nil }
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.first { process in
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            return status.contains("\nPPid:\t\(parent)\n")
        }
    }
}
