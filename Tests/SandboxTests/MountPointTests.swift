import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import Testing

@Suite struct MountPointTests {
    @Test(arguments: TestUser.all)
    func `what was made to mount on is gone afterwards, and times are as before`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir base/etc imports; touch -d @1000000000 base/etc upper")
        let bind = Step.Bind(
            source: ByteString("\(workshop.path)/imports"), destination: "/stacker/imports/x", isWritable: false)
        _ = try workshop.succeed("test -d /stacker/imports/x", binds: [bind])
        #expect(try workshop.run("find upper -mindepth 1 | sort") == "upper/etc\n")
        #expect(try workshop.run("stat -c %Y upper upper/etc") == "1000000000\n1000000000\n")
    }

    @Test(arguments: TestUser.all)
    func `what the command put into a mount point's directory stays, with its times`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir imports; echo data > file")
        let binds = [
            Step.Bind(
                source: ByteString("\(workshop.path)/imports"), destination: "/stacker/imports", isWritable: false),
            Step.Bind(source: ByteString("\(workshop.path)/file"), destination: "/opt/file", isWritable: false),
        ]
        _ = try workshop.succeed("touch /stacker/kept; touch -d @1500000000 /stacker; cat /opt/file", binds: binds)
        #expect(try workshop.run("find upper -mindepth 1 | sort") == "upper/stacker\nupper/stacker/kept\n")
        #expect(try workshop.run("stat -c %Y upper/stacker") == "1500000000\n")
    }

    @Test(arguments: TestUser.all)
    func `mount points are removed after a failure too`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let bind = Step.Bind(source: "/no/such/source", destination: "/never", isWritable: false)
        let reply = try workshop.perform(.step(workshop.step("true", binds: [bind]))).reply
        #expect(reply == .failed(HelperFailure(.bind, call: "open_tree", path: "/no/such/source", errno: ENOENT)))
        #expect(try workshop.run("find upper -mindepth 1") == "")
    }

    @Test(arguments: TestUser.all)
    func `binds are writable only when they say so`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir ro rw")
        let binds = [
            Step.Bind(source: ByteString("\(workshop.path)/ro"), destination: "/ro", isWritable: false),
            Step.Bind(source: ByteString("\(workshop.path)/rw"), destination: "/rw", isWritable: true),
        ]
        let output = try workshop.succeed(
            "touch /rw/made; touch /ro/made 2>/dev/null && echo written || echo refused", binds: binds)
        #expect(output == "refused\n")
        #expect(try workshop.run("ls ro rw | grep -v :") == "\nmade\n")
    }

    static let hostileLinks = ["proc", "dev", "sys", "etc/resolv.conf", "dev/pts", "dev/null", "target"]

    @Test(arguments: TestUser.all, hostileLinks)
    func `links of the image never lead a mount out of it (CVE-2019-19921, CVE-2019-18837, CVE-2026-41579)`(
        user: TestUser, link: String
    ) throws {
        let workshop = try Workshop(user)
        let canary = "\(workshop.path)/canary"
        try workshop.run("mkdir canary base/etc; mkdir -p source; case \(link) in dev/*) mkdir base/dev;; esac")
        try workshop.run("ln -s \(canary)/inside base/\(link); touch -d @1000000000 canary")
        let bind = Step.Bind(source: ByteString("\(workshop.path)/source"), destination: "/target/x", isWritable: false)
        let output = try workshop.succeed("head -c 1 /dev/zero | wc -c; ls -d /target/x", binds: [bind])
        #expect(output == "1\n/target/x\n")
        #expect(try workshop.run("ls -A canary; stat -c %Y canary") == "1000000000\n")
        #expect(try workshop.run("find upper -mindepth 1 ! -type d") == "")
    }

    @Test(arguments: TestUser.all)
    func `links that go round, and files in the way, are errors that name the place`(user: TestUser) throws {
        for (setUp, number) in [("ln -s proc base/proc", ELOOP), ("touch base/proc", ENOTDIR)] {
            let workshop = try Workshop(user)
            try workshop.run(setUp)
            guard case .failed(let failure) = try workshop.perform(.step(workshop.step("true"))).reply else {
                Issue.record("mounted in spite of: \(setUp)")
                continue
            }
            #expect(failure.stage == .mountProc)
            #expect(failure.errno == number)
            #expect(failure.path == "/proc")
        }
    }

    @Test(arguments: TestUser.all)
    func `an image with a directory for resolver configuration still builds`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir -p base/etc/resolv.conf")
        #expect(try workshop.succeed("ls -A /etc/resolv.conf") == "")
    }

    @Test(arguments: TestUser.all)
    func `the null device of the image hides nothing of the host (CVE-2025-31133)`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir base/dev; ln -s /proc/sys/kernel/core_pattern base/dev/null")
        #expect(try workshop.succeed("cat /proc/keys | wc -c; stat -c '%t %T' /proc/keys /dev/null") == "0\n1 3\n1 3\n")
    }
}
