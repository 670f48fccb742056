import CShims
import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import Sandbox
import SystemPackage
import Testing

/// The worker's own half, behind stacker-nsexec's: this test program itself is the worker.
@Suite struct WorkerJailTests {
    /// What the worker does when it is locked in; its directory has the name.
    private enum Deed: String, CaseIterable {
        case unpack
        case wait
        case socket
        case execute
        case privileges
    }

    private static func start(_ deed: Deed, _ workshop: Workshop) throws -> Helper {
        try workshop.run("mkdir \(deed.rawValue)")
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().path
        let worker = JailedProgram(
            program: ByteString(program),
            arguments: ["--testing-library", "swift-testing", "--filter", "WorkerJailTests.*inside"],
            view: .directory, descriptors: [])
        return try workshop.start(.jail(worker), in: deed.rawValue)
    }

    /// Not a test of its own: the body of the worker that the others start.
    @Test(.enabled(if: getpid() == 1, "only a worker that stacker-nsexec started is process 1"))
    func `inside the jail`() throws {
        let name = FileManager.default.currentDirectoryPath.split(separator: "/").last.map(String.init) ?? ""
        let deed = try #require(Deed(rawValue: name))
        // The test program has threads; after fork there is one, as in a worker that has just started. Like that one it
        // has to be process 1.
        try check("unshare") { stk_unshare(stk_new_pid) }
        let child = fork()
        if child == 0 { Self.work(deed) }
        var status: CInt = 0
        waitpid(child, &status, 0)
        exit(status & 0x7f == 0 ? (status >> 8) & 0xff : 100 + (status & 0x7f))
    }

    private static func work(_ deed: Deed) -> Never {
        do {
            try WorkerJail.enter()
            var thread = pthread_t()
            pthread_create(&thread, nil, { _ in while true { sleep(60) } }, nil)
            try WorkerJail.seal()
            switch deed {
            case .unpack: try unpack()
            case .wait:
                close(open("/ready", O_CREAT | O_WRONLY, 0o600))
                while true { sleep(60) }
            case .socket: socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            case .execute: execve("/bin/sh", [nil], [nil])
            case .privileges:
                guard mknod("/device", S_IFCHR | 0o600, makedev(1, 3)) == -1, errno == EPERM else { _exit(3) }
                guard access("/proc", F_OK) == -1, access("../../../etc", F_OK) == -1 else { _exit(4) }
            }
            _exit(0)
        } catch {
            StandardError.print("worker", Failure(explaining: error))
            _exit(2)
        }
    }

    private static func makedev(_ major: UInt, _ minor: UInt) -> dev_t { dev_t(major << 8 | minor) }

    /// Everything that unpacking a layer does to a file system.
    private static func unpack() throws {
        try check("mkdir") { mkdir("/dir", 0o755) }
        let file = try OwnedDescriptor.open("/dir/file", O_CREAT | O_RDWR, mode: 0o600)
        try file.write(Array("content".utf8))
        try check("fchown") { fchown(file.raw, 1234, 77) }
        try check("fchmod") { fchmod(file.raw, 0o4755) }
        try check("fsetxattr") { fsetxattr(file.raw, "user.test", "value", 5, 0) }
        let times = [timespec(tv_sec: 1, tv_nsec: 2), timespec(tv_sec: 3, tv_nsec: 4)]
        try check("futimens") { futimens(file.raw, times) }
        try check("fsync") { fsync(file.raw) }
        try check("mknod") { mknod("/whiteout", S_IFCHR, 0) }
        try check("mkfifo") { mkfifo("/fifo", 0o600) }
        try check("symlink") { symlink("../../../etc/passwd", "/link") }
        try check("link") { link("/dir/file", "/hard") }
        try check("rename") { rename("/hard", "/renamed") }
        let listing = try FileManager.default.contentsOfDirectory(atPath: "/").sorted()
        guard listing == ["dir", "fifo", "link", "renamed", "whiteout"] else { _exit(5) }
        try check("unlink") { unlink("/fifo") }
    }

    @Test(arguments: TestUser.all)
    func `a worker can do what unpacking a layer takes`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let helper = try Self.start(.unpack, workshop)
        #expect(try helper.reply() == .exited(0))
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
        let helper = try Self.start(.privileges, try Workshop(user))
        #expect(try helper.reply() == .exited(0))
    }

    @Test(arguments: TestUser.all)
    func `a system call that no worker needs is its end`(user: TestUser) throws {
        let workshop = try Workshop(user)
        for deed in [Deed.socket, .execute] {
            #expect(try Self.start(deed, workshop).reply() == .exited(100 + SIGSYS), "\(deed)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "looking into the worker needs root"), arguments: TestUser.all)
    func `from outside, every thread is confined and the one mount is the directory`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let helper = try Self.start(.wait, workshop)
        for _ in 0..<500 where access("\(workshop.path)/wait/ready", F_OK) != 0 { usleep(10_000) }
        let worker = try #require(Self.child(of: Self.child(of: helper.process)))
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
