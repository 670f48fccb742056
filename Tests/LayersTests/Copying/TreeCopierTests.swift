import Diagnostics
import Foundation
import HelperProtocol
import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Layers

@Suite struct `A copy of a tree` {
    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    @Test func `keeps content, modes, times, links and attributes`() throws {
        let trees = try CopyTrees(
            """
            cd source; mkdir -p dir/inner; echo one > dir/one; chmod 4751 dir/one; ln dir/one dir/inner/again
            ln -s /nowhere dir/link; mkfifo -m 640 dir/fifo; chmod 1777 dir/inner; truncate -s 1M dir/sparse
            setfattr -n user.note -v x dir/one; touch -d @1000.5 dir/one dir/inner dir; touch -h -d @2000 dir/link
            """)
        let result = try trees.copy("/dir", to: "/")
        #expect(result.entries == 7 && result.warnings.isEmpty)
        let list = "find . -printf '%P %y %m %T@ %l %n\\n' | sort; getfattr -d one"
        #expect(try trees.shell("cd target/dir; \(list)") == trees.shell("cd source/dir; \(list)"))
        #expect(try trees.shell("stat -c %i target/dir/one target/dir/inner/again | uniq | wc -l") == "1\n")
        #expect(try trees.shell("stat -c %b target/dir/sparse") == "0\n")
        try trees.expectNothingOutside()
    }

    @Test func `takes names of any bytes`() throws {
        let trees = try CopyTrees(
            "mkdir source/d; cd source/d; printf x > \"$(printf 'a\\nb')\"; printf y > \"$(printf 'a\\377b')\"; printf z > -rf"
        )
        try trees.copy("/d", to: "/", takesContents: true)
        #expect(try trees.shell("cd target; cat -- \"$(printf 'a\\nb')\" \"$(printf 'a\\377b')\" -rf") == "xyz")
    }

    @Test(arguments: [true, false])
    func `leaves attributes out where it is told to`(_ keeps: Bool) throws {
        let trees = try CopyTrees("mkdir source/d; echo > source/d/f; setfattr -n user.note -v x source/d source/d/f")
        try trees.copy("/d", to: "/d2", keepsAttributes: keeps)
        let found = try trees.shell("getfattr -R target/d2 | grep -c user.note || true")
        #expect(found == (keeps ? "2\n" : "0\n"))
    }

    @Test func `gives files a mode, and directories none`() throws {
        let trees = try CopyTrees("mkdir -m 750 source/d; echo > source/d/f")
        try trees.copy("/d", to: "/", mode: 0o604)
        #expect(try trees.shell("stat -c %a target/d target/d/f") == "750\n604\n")
    }

    @Test func `replaces files and keeps directories as they are`() throws {
        let trees = try CopyTrees(
            """
            mkdir -p source/d/sub; echo new > source/d/f; echo new > source/d/sub/g; echo new > source/d/link
            mkdir -p -m 1777 target/d/sub; chmod 1777 target/d; echo old > target/d/f; echo kept > target/d/sub/h
            echo linked > target/other; ln -s ../other target/d/link; touch -d @1000 target/d/sub target/d
            """)
        try trees.copy("/d", to: "/")
        #expect(
            try trees.shell("cd target/d; cat f sub/g sub/h link ../other; stat -c '%a %Y' . sub")
                == "new\nnew\nkept\nnew\nlinked\n1777 1000\n1777 1000\n")
    }

    @Test func `makes missing parents, and gives a destination that is made the mode of the source`() throws {
        let trees = try CopyTrees("mkdir -m 2710 source/d; echo > source/d/f")
        try trees.copy("/d", to: "/a/b")
        #expect(try trees.shell("stat -c '%a' target/a target/a/b target/a/b/f") == "755\n2710\n644\n")
        try trees.copy("/d/f", to: "/x/y/z")
        #expect(
            try trees.shell("stat -c '%a %F' target/x target/x/y target/x/y/z")
                == "755 directory\n755 directory\n644 regular file\n")
    }

    @Test func `goes through links of the target, and never out of it`() throws {
        let trees = try CopyTrees(
            """
            mkdir -p source/d/lib target/usr/lib; echo x > source/d/lib/f
            ln -s usr/lib target/lib; ln -s /usr/../../../usr/new target/later; ln -s ../../../usr target/up
            """)
        try trees.copy("/d", to: "/", takesContents: true)
        try trees.copy("/d/lib/f", to: "/later/")
        try trees.copy("/d/lib/f", to: "/up/g")
        #expect(
            try trees.shell("cd target; readlink lib; ls usr usr/lib usr/new")
                == "usr/lib\nusr:\ng\nlib\nnew\n\nusr/lib:\nf\n\nusr/new:\nf\n")
        // Relative to the root this leads to a directory that is made, not to the one beside it.
        try trees.copy("/d/lib/f", to: "/out/f")
        #expect(try trees.shell("ls target/canary") == "f\n")
        try trees.expectNothingOutside()
    }

    @Test func `follows a link of the source where it is told to, and never out of it`() throws {
        let trees = try CopyTrees(
            "echo content > source/file; ln -s /file source/link; ln -s / source/all; mkdir source/d")
        try trees.copy("/link", to: "/plain")
        try trees.copy("/link", to: "/followed", followsLink: true)
        #expect(try trees.shell("cd target; readlink plain; [ ! -L followed ]; cat followed") == "/file\ncontent\n")
        try trees.copy("/all", to: "/everything/", .plain, takesContents: true, followsLink: true)
        #expect(try trees.shell("ls target/everything") == "all\nd\nfile\nlink\nout\n")
        #expect(try trees.failure("/out/f", to: "/", followsLink: true) == "there is no /out/f in it")
        let absolute = try CopyTrees()
        try absolute.shell("ln -s \(absolute.canary) source/absolute")
        #expect(try absolute.failure("/absolute/f", to: "/", followsLink: true) == "there is no /absolute/f in it")
        try trees.expectNothingOutside()
    }

    @Test(arguments: [
        ("/missing", "/", "there is no /missing in it"), ("/f", "/d", "/d is a directory in the image"),
        ("/f", "/file/x", "file is not a directory"), ("/dir", "/file", "file is not a directory"),
        ("/clash", "/", "/clash is a directory, and no directory in the image"),
        ("/dangling", "/", "/dangling is a symbolic link in the image, and leads to no directory"),
        ("/loop", "/", "there is no /loop in it"),
    ])
    func `says what is in its way`(_ path: String, _ destination: String, _ message: String) throws {
        let trees = try CopyTrees(
            """
            echo > source/f; mkdir source/dir source/clash source/dangling; mkdir target/d; echo > target/file
            echo > target/clash; ln -s /nowhere target/dangling
            """)
        let failure = try trees.failure(ByteString(path), to: ByteString(destination), followsLink: true)
        #expect(failure.contains(message), "\(failure)")
    }

    @Test func `of the content of a file is refused`() throws {
        let trees = try CopyTrees("echo > source/f")
        #expect(try trees.failure("/f/", to: "/", takesContents: true).contains("/f/ is no directory"))
    }

    @Test func `into a directory of stacker's refuses names that are taken, and stays accessible`() throws {
        let trees = try CopyTrees(
            "mkdir -p source/d/e; chmod 0 source/d/e; echo > source/f; chmod 6000 source/f; echo > target/f")
        try trees.shell("chmod 644 source/f; chmod 100 source/d/e; chmod 500 source/d/e")
        try trees.copy("/d", to: "/", .plain)
        #expect(try trees.shell("stat -c %a target/d/e") == "700\n")
        #expect(try trees.failure("/f", to: "/", .plain).contains("two imports are named /f"))
        #expect(try trees.failure("/d", to: "/", .plain).contains("two imports are named /d"))
    }

    @Test func `for a person has no bits that lend rights, and nothing special`() throws {
        let trees = try CopyTrees(
            "echo > source/f; chmod 6755 source/f; mkdir source/d; mkfifo source/d/fifo source/fifo")
        try trees.copy("/f", to: "/", .strict)
        #expect(try trees.shell("stat -c %a target/f") == "755\n")
        for path in ["/d", "/fifo"] as [ByteString] {
            let failure = try trees.failure(path, to: "/x", .strict)
            #expect(failure.contains("fifo is a device, a pipe or a socket") || failure.contains("/x is a device"))
        }
    }

    @Test(arguments: [CopyJob.Manner.overlay, .plain])
    func `that is staged is moved, and merged where something is`(_ manner: CopyJob.Manner) throws {
        let trees = try CopyTrees(
            """
            cd target; mkdir -p .staged/new/deep .staged/there; echo 1 > .staged/new/deep/f; chmod 6751 .staged/new/deep/f
            echo 2 > .staged/there/g; ln -s x .staged/there/l; chmod 750 .staged/new; touch -d @1000 .staged/new
            """)
        if manner == .overlay {
            try trees.shell("cd target; mkdir -m 711 real; ln -s real there; echo old > real/g; echo kept > real/h")
        }
        let inode = try trees.shell("stat -c %i target/.staged/new/deep/f")
        try trees.copy("/", to: "/", manner, takesContents: true, staged: ".staged")
        #expect(try trees.shell("stat -c %i target/new/deep/f") == inode)
        #expect(
            try trees.shell("cd target; cat new/deep/f there/g; readlink there/l; stat -c '%a %Y' new; ls -A")
                == "1\n2\nx\n750 1000\nnew\nout\n\(manner == .overlay ? "real\n" : "")there\n")
        #expect(try trees.shell("stat -c %a target/new/deep/f") == "6751\n")
        if manner == .overlay { #expect(try trees.shell("cat target/real/h; stat -c %a target/real") == "kept\n711\n") }
        try trees.expectNothingOutside()
    }

    @Test func `that is staged under one name can get another`() throws {
        let trees = try CopyTrees("cd target; mkdir -p .staged/d .s2; echo 1 > .staged/d/f; echo 2 > .s2/f")
        try trees.copy("/d", to: "/a/b", staged: ".staged")
        try trees.copy("/f", to: "/a/g", staged: ".s2")
        #expect(try trees.shell("cd target; cat a/b/f a/g; ls -A") == "1\n2\na\nout\n")
    }

    @Test func `of a tree that changes meanwhile takes nothing from outside`() throws {
        let trees = try CopyTrees(
            "mkdir -p source/top/d; echo inside > source/top/d/f; ln -s ../../canary source/top/link")
        let top = trees.root.appending("source/top").string
        let end = Flag()
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            while !end.isSet.withLock({ $0 }) {
                for (old, new) in [("d", "x"), ("link", "d"), ("d", "link"), ("x", "d")] {
                    rename("\(top)/\(old)", "\(top)/\(new)")
                }
            }
        }
        var copied = 0
        for round in 0..<300 {
            // A name may be gone by the time it is looked at.
            do { copied += Int(try trees.copy("/top", to: ByteString("/\(round)")).entries) } catch is Failure {}
        }
        end.isSet.withLock { $0 = true }
        group.wait()
        #expect(copied > 0)
        try trees.expectNothingOutside()
    }

    @Test func `ends where directories are nested too deep`() throws {
        let trees = try CopyTrees("mkdir -p source/a/b/c/d/e")
        var limits = Limits()
        limits.pathDepth = 3
        #expect(throws: Failure.self) { try trees.copy("/a", to: "/x", limits: limits) }
    }

    @Test(.requiresRoot) func `keeps owners, capabilities and devices out of harm`() throws {
        let trees = try CopyTrees(
            """
            mkdir source/d; cd source/d; echo > f; chown 12:34 f; setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 f
            mknod null c 1 3; ln -s x link; chown -h 5:6 link; chown 7:8 .
            """)
        let job = CopyJob(
            path: "/d", takesContents: false, followsLink: true, destination: "/", manner: .overlay,
            keepsAttributes: true)
        let result = try TreeCopier().copy(job, in: try OwnedDescriptor.open(directory: trees.root))
        #expect(result.warnings == ["device nodes, which only root could make, were left out: /d/null"])
        #expect(
            try trees.shell("cd target/d; stat -c %u:%g . f link; getfattr -d -m - -e hex f | grep cap")
                == "7:8\n12:34\n5:6\nsecurity.capability=0x0100000200040000000000000000000000000000\n")
    }
}
