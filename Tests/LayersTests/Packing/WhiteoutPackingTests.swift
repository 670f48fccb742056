import Foundation
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

@Suite(.enabled(if: Host.isRoot, "overlay mounts and whiteout devices need root here"))
struct WhiteoutPackingTests {
    /// Changes a merged view of `lower` with `script`, and says which members the upper directory packs into.
    private static func members(_ script: String, lower: String) throws -> [String] {
        let root = try PackingRoot()
        try root.shell("cd lower; \(lower)")
        try root.shell(
            """
            mkdir work merged
            mount -t overlay overlay merged -o userxattr,index=off,lowerdir=lower,upperdir=upper,workdir=work
            (cd merged; \(script)) || { umount merged; exit 1; }
            umount merged
            """)
        try root.pack(over: true)
        try applies(root)
        return try root.members()
    }

    /// Applies the archive to a copy of the lower tree: the merged tree must come out.
    private static func applies(_ root: PackingRoot) throws {
        try root.shell(
            """
            mount -t overlay overlay merged -o ro,userxattr,lowerdir=upper:lower
            (cd merged; find . -printf '%p %y %m %s %l\\n' | sed 's/ d \\([0-7]*\\) [0-9]*/ d \\1/' | sort) > want
            umount merged
            cp -a lower out
            python3 - <<'E'
            import os, shutil, tarfile
            def remove(path):
                if os.path.isdir(path) and not os.path.islink(path): shutil.rmtree(path)
                elif os.path.lexists(path): os.remove(path)
            for member in tarfile.open("layer.tar"):
                directory, name = os.path.split(os.path.join("out", member.name))
                if name == ".wh..wh..opq":
                    for below in os.listdir(directory): remove(os.path.join(directory, below))
                elif name.startswith(".wh."): remove(os.path.join(directory, name[4:]))
                else:
                    path = os.path.join(directory, name)
                    if not (member.isdir() and os.path.isdir(path) and not os.path.islink(path)): remove(path)
                    tarfile.open("layer.tar").extract(member, "out")
            E
            (cd out; find . -printf '%p %y %m %s %l\\n' | sed 's/ d \\([0-7]*\\) [0-9]*/ d \\1/' | sort) > have
            cmp want have
            """)
    }

    @Test func aRemovedNameBecomesAWhiteout() throws {
        #expect(
            try Self.members("rm f; rm -r d; rm l", lower: "touch f keep; mkdir d; touch d/x; ln -s f l")
                == ["./", ".wh.d", ".wh.f", ".wh.l"])
    }

    @Test func aRecreatedDirectoryIsOpaque() throws {
        #expect(
            try Self.members("rm -r d; mkdir d; touch d/new", lower: "mkdir d; touch d/old")
                == ["./", "d/", "d/.wh..wh..opq", "d/new"])
    }

    @Test func aNewDirectoryHasNoWhiteouts() throws {
        #expect(
            try Self.members("mkdir -p new/sub; touch new/sub/f", lower: "touch f")
                == ["./", "new/", "new/sub/", "new/sub/f"])
    }

    @Test func aNewDirectoryInAnExistingOneHasNoWhiteouts() throws {
        #expect(
            try Self.members("mkdir -p d/new/sub; touch d/new/f", lower: "mkdir d; touch d/old")
                == ["./", "d/", "d/new/", "d/new/f", "d/new/sub/"])
    }

    @Test func whatIsHiddenByAnOpaqueDirectoryNeedsNoWhiteoutOfItsOwn() throws {
        #expect(
            try Self.members(
                "rm -r d; mkdir -p d/sub; touch d/sub/new", lower: "mkdir -p d/sub; touch d/sub/old d/f")
                == ["./", "d/", "d/.wh..wh..opq", "d/sub/", "d/sub/new"])
    }

    @Test func aDirectoryInPlaceOfAFileAndTheOtherWayRound() throws {
        #expect(
            try Self.members(
                "rm f; mkdir f; touch f/x; rm -r d; echo file > d", lower: "touch f; mkdir d; touch d/y")
                == ["./", "d", "f/", "f/x"])
    }

    @Test func aRemovedNameInADeepDirectory() throws {
        #expect(
            try Self.members("rm a/b/c/gone a/b/two", lower: "mkdir -p a/b/c; touch a/b/c/gone a/b/c/stays a/b/two")
                == ["./", "a/", "a/b/", "a/b/c/", "a/b/c/.wh.gone", "a/b/.wh.two"])
    }

    @Test func aDirectoryBehindALinkBelowIsNotTheSameDirectory() throws {
        let root = try PackingRoot()
        try root.shell(
            "mkdir lower/real upper/link; touch lower/real/x; ln -s real lower/link; mknod upper/link/x c 0 0; "
                + "setfattr -n user.overlay.opaque -v y upper/link")
        try root.pack(over: true)
        #expect(try root.members() == ["./", "link/"])
    }

    @Test func whiteoutsWithNothingBelowAreLeftOut() throws {
        let root = try PackingRoot()
        try root.shell(
            "mkdir upper/d; mknod upper/a c 0 0; ln upper/a upper/d/b; mknod upper/there c 0 0; touch lower/there; "
                + "setfattr -n user.overlay.opaque -v y upper/d; echo x > upper/f")
        #expect(try root.pack(over: true).entries == 3)
        #expect(try root.members() == ["./", "d/", "f", ".wh.there"])
        try root.pack(over: false)
        #expect(try root.members() == ["./", "d/", "f"])
    }

    @Test func aWhiteoutIsAnEmptyFileOfZeros() throws {
        let root = try PackingRoot()
        try root.shell(
            "touch lower/a lower/b lower/c; mknod upper/a c 0 0; ln upper/a upper/b; chown 5:6 upper/a; "
                + "touch upper/c; setfattr -n user.overlay.whiteout -v y upper/c")
        try root.pack(over: true)
        #expect(
            try root.shell("TZ=UTC tar -tvf layer.tar --full-time | tail -3")
                == """
                ---------- 0/0               0 1970-01-01 00:00:00 .wh.a
                ---------- 0/0               0 1970-01-01 00:00:00 .wh.b
                ---------- 0/0               0 1970-01-01 00:00:00 .wh.c

                """)
    }

    @Test func aFileWithContentIsNoWhiteoutWhateverItsAttributes() throws {
        let root = try PackingRoot()
        try root.shell("echo x > upper/c; touch lower/c; setfattr -n user.overlay.whiteout -v y upper/c")
        try root.pack(over: true)
        #expect(try root.members() == ["./", "c"])
    }

    @Test func anOpaqueRootHidesAllBelow() throws {
        let root = try PackingRoot()
        try root.shell("touch lower/a upper/b; mknod upper/a c 0 0; setfattr -n user.overlay.opaque -v y upper")
        try root.pack(over: true)
        #expect(try root.members() == ["./", ".wh..wh..opq", "b"])
    }
}
