import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import Testing

/// The half of a jail that stacker-nsexec makes; the program is busybox, which sees the host until it locks itself in.
@Suite struct JailTests {
    private static func shell(_ script: String, _ view: JailedProgram.View, _ descriptors: [Int32] = [])
        -> JailedProgram
    {
        JailedProgram(
            program: "/bin/busybox", arguments: ["sh", "-c", ByteString(script)], view: view, descriptors: descriptors)
    }

    @Test(arguments: TestUser.all)
    func `a worker is process 1 without network, in the directory it may write to`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let result = try workshop.perform(
            .jail(
                Self.shell(
                    "echo $$; id -u; pwd; touch made; cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d ' '",
                    .directory)))
        #expect(result.reply == .exited(0))
        #expect(result.output == "1\n0\n\(workshop.path)\nlo\n")
        #expect(try workshop.run("ls made") == "made\n")
    }

    @Test(arguments: TestUser.all)
    func `a worker keeps the descriptors that were named and no environment`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let file = try workshop.run("echo content > given; pwd")
        let given = open("\(file.dropLast())/given", O_RDONLY | O_CLOEXEC)
        let other = open("/", O_RDONLY)
        defer {
            close(given)
            close(other)
        }
        let script = "n=0; while [ $n -lt 300 ]; do [ -e /proc/self/fd/$n ] && echo $n; n=$((n+1)); done; cat <&6"
        let result = try workshop.perform(.jail(Self.shell(script, .directory, [6])), inherited: [other, given])
        #expect(result.output == "0\n1\n2\n6\ncontent\n")
        let program = JailedProgram(
            program: "/bin/busybox", arguments: ["env"], view: .directory, descriptors: [])
        #expect(try workshop.perform(.jail(program)).output == "SWIFT_BACKTRACE=enable=no\n")
    }

    @Test(arguments: TestUser.all)
    func `a descriptor that is not open, or not the worker's, is refused`(user: TestUser) throws {
        let workshop = try Workshop(user)
        for descriptors in [[77], [3], [0], [-1]] as [[Int32]] {
            let reply = try workshop.perform(.jail(Self.shell("true", .directory, descriptors))).reply
            guard case .failed(let failure) = reply else {
                Issue.record("\(descriptors) was passed on")
                continue
            }
            #expect(failure.stage == .request)
        }
    }

    @Test(arguments: TestUser.all)
    func `a worker that packs sees a layer as it is and what lies below it, and can write nowhere`(
        user: TestUser
    ) throws {
        let workshop = try Workshop(user)
        try workshop.run(
            "mkdir base/dir; echo old > base/dir/file; echo old > base/dir/gone; mkdir one; echo 1 > one/a")
        _ = try workshop.succeed("rm /dir/gone; echo new > /dir/file", layers: ["base", "one"])
        let script = """
            cat upper/dir/file; stat -c '%F %t:%T' upper/dir/gone; cat lower/dir/file lower/dir/gone lower/a
            for place in . upper lower upper/dir lower/dir; do touch $place/new 2>/dev/null && echo written; done; ls
            """
        let view = JailedProgram.View.layer(upper: "upper", below: ["base", "one"])
        let result = try workshop.perform(.jail(Self.shell(script, view)))
        #expect(result.output == "new\ncharacter special file 0:0\nold\nold\n1\nlower\nupper\n")
        #expect(result.reply == .exited(0))
    }

    @Test(arguments: TestUser.all)
    func `below a layer there may be one other, or none`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir one; echo 1 > one/a")
        let script = "ls lower | wc -l; touch lower/new 2>/dev/null || echo refused"
        for (below, count) in [([], 0), (["one"], 1)] as [([ByteString], Int)] {
            let view = JailedProgram.View.layer(upper: "upper", below: below)
            #expect(try workshop.perform(.jail(Self.shell(script, view))).output == "\(count)\nrefused\n")
        }
    }

    @Test(arguments: TestUser.all)
    func `a worker that copies sees a source it cannot change and a target that is an overlay`(
        user: TestUser
    ) throws {
        let workshop = try Workshop(user)
        try workshop.run(
            "mkdir -p base/dir one; echo old > base/dir/file; echo 1 > one/a; mkdir layer layer/overlay layer/work")
        _ = try workshop.succeed("rm -r /dir", layers: ["base"])
        let script = """
            ls source; cat source/a; touch source/new 2>/dev/null || echo refused; touch new 2>/dev/null || echo refused
            cat target/dir/file; echo new > target/dir/file; rm target/a; ls
            """
        let view = JailedProgram.View.copy(
            source: ["one", "base", "upper"],
            target: .layer(upper: "layer/overlay", work: "layer/work", below: ["base", "one"]))
        let result = try workshop.perform(.jail(Self.shell(script, view)))
        #expect(result.output == "a\nbin\n1\nrefused\nrefused\nold\nempty\nsource\ntarget\n")
        #expect(result.reply == .exited(0))
        #expect(
            try workshop.run("cat layer/overlay/dir/file base/dir/file; stat -c %F layer/overlay/a")
                == "new\nold\ncharacter special file\n")
    }

    @Test(arguments: TestUser.all)
    func `copying needs no layer below, and a single one shows no whiteouts`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir base/dir; echo > base/gone; mkdir layer layer/overlay layer/work plain")
        _ = try workshop.succeed("rm /gone; echo x > /made")
        let view = JailedProgram.View.copy(
            source: ["upper"], target: .layer(upper: "layer/overlay", work: "layer/work", below: []))
        #expect(try workshop.perform(.jail(Self.shell("ls source; echo > target/x", view))).output == "made\n")
        #expect(try workshop.run("ls layer/overlay") == "x\n")
        let plain = JailedProgram.View.copy(source: [], target: .directory("plain"))
        #expect(try workshop.perform(.jail(Self.shell("ls source; echo > target/y", plain))).output == "")
        #expect(try workshop.run("ls plain") == "y\n")
        // Also where its path leads through the directory that the view covers.
        let absolute = JailedProgram.View.copy(
            source: [], target: .directory(ByteString("\(workshop.path)/plain")))
        #expect(try workshop.perform(.jail(Self.shell("ls target; echo > target/z", absolute))).output == "y\n")
        #expect(try workshop.run("ls plain") == "y\nz\n")
    }

    @Test(arguments: TestUser.all)
    func `the end of a worker is passed on`(user: TestUser) throws {
        let workshop = try Workshop(user)
        #expect(try workshop.perform(.jail(Self.shell("exit 9", .directory))).reply == .exited(9))
        var program = Self.shell("", .directory)
        program.program = "/no/such/worker"
        #expect(
            try workshop.perform(.jail(program)).reply
                == .failed(HelperFailure(.jail, call: "execve", path: "/no/such/worker", errno: ENOENT)))
        let helper = try workshop.start(.jail(Self.shell("echo > started; exec sleep 99", .directory)))
        while access("\(workshop.path)/started", F_OK) != 0 { usleep(10_000) }
        kill(helper.process, SIGTERM)
        #expect(try helper.reply() == .signalled(SIGKILL))
        _ = try helper.exitStatus()
    }
}
