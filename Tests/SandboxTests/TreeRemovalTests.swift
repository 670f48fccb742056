import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import Testing

@Suite struct TreeRemovalTests {
    @Test(arguments: TestUser.all)
    func `trees of other ids that nobody may enter are removed`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir keep; echo text > keep/file")
        _ = try workshop.succeed(
            "mkdir -p /a/b/c; touch /a/b/c/f; ln -s /keep /a/b/l; chown -R 77:88 /a; chmod 000 /a/b/c /a/b /a; mkdir /d; chmod 0 /d"
        )
        try workshop.run("ln -s keep link; touch plain; ln -s ../../keep upper/out")
        #expect(try workshop.perform(.removeTrees(["upper", "work", "link", "plain", "gone"])).reply == .exited(0))
        #expect(try workshop.run("ls -d upper work link plain 2>/dev/null || ls keep") == "file\n")
    }

    @Test(arguments: TestUser.all)
    func `depth and number do not matter`(user: TestUser) throws {
        // In memory: a disk takes a minute for so many.
        let workshop = try Workshop(user, in: "/dev/shm")
        let script = """
            import os
            os.mkdir('deep'); os.chdir('deep')
            for i in range(10000):
                os.mkdir('d'); os.mkdir('e'); open('f', 'w').close(); os.chdir('d')
            """
        try workshop.run("python3 -c \"\(script)\"")
        try workshop.run("mkdir wide; cd wide; seq 1 30000 | xargs touch; seq -f d%g 1 2000 | xargs mkdir")
        #expect(try workshop.perform(.removeTrees(["deep", "wide"])).reply == .exited(0))
        #expect(try workshop.run("ls -d deep wide 2>/dev/null || echo gone") == "gone\n")
    }

    @Test(arguments: ["", ".", "..", "a/b", "/tmp", "a\0b"])
    func `only names of one component are taken`(name: String) throws {
        let user = TestUser.all[0]
        let workshop = try Workshop(user)
        try workshop.run("mkdir -p a/b; touch a/b/c")
        let reply = try workshop.perform(.removeTrees([ByteString(name), "a"])).reply
        guard case .failed(let failure) = reply else {
            Issue.record("\(name) was removed")
            return
        }
        #expect(failure.stage == .removeTrees)
        #expect(try workshop.run("ls a/b") == "c\n", "nothing is removed where a name is wrong")
    }

    @Test(arguments: TestUser.all)
    func `what trees of other ids take is told`(user: TestUser) throws {
        let workshop = try Workshop(user)
        _ = try workshop.succeed(
            "mkdir -p /a/b; head -c 100000 /dev/zero > /a/b/f; ln /a/b/f /a/b/g; dd if=/dev/zero of=/a/hole bs=1 count=1 seek=1000000000; ln -s / /a/l; "
                + "chown -R 77:88 /a; chmod 000 /a/b /a")
        let reply = try workshop.perform(.measureTrees(["upper", "gone"])).reply
        guard case .measured(let sizes) = reply, sizes.count == 2 else {
            Issue.record("\(reply)")
            return
        }
        #expect(sizes[0] >= 100_000 && sizes[0] < 300_000 && sizes[1] == 0, "\(sizes)")
    }

    @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
    func `what is mounted in a tree is not touched`() throws {
        let workshop = try Workshop(.root)
        try workshop.run("mkdir -p tree/m tree/other source; touch source/file")
        let reply = try workshop.perform(
            .removeTrees(["tree"]),
            after: "mount --bind \(workshop.path)/source \(workshop.path)/tree/m"
        ).reply
        #expect(reply == .failed(HelperFailure(.removeTrees, call: "openat2", path: "m", errno: EXDEV)))
        #expect(try workshop.run("ls source") == "file\n")
    }
}
