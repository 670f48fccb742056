import Diagnostics
import Foundation
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// What GNU tar makes of our archives must be the tree that was packed.
@Suite struct PackRoundTripTests {
    private static func roundTrip(_ root: PackingRoot, _ compression: PackJob.Compression = .none) throws {
        try root.pack(into: "layer", compression)
        let option =
            switch compression {
            case .none: ""
            case .gzip, .gzipSmall: "-z"
            case .zstd: "--zstd"
            }
        try root.shell(
            "mkdir out; tar -x --warning=none \(option) -f layer -p --numeric-owner --same-owner --xattrs --xattrs-include='*' -C out"
        )
        #expect(try root.description(of: "upper") == root.description(of: "out"))
    }

    /// A tree that a seed determines: names, types, owners, modes, times, attributes, hard links.
    private static let makeTree = """
        import os, random, stat, sys
        random.seed(int(sys.argv[1]))
        def name():
            kind = random.randrange(6)
            if kind == 0: return bytes(random.choice([b for b in range(1, 256) if b != 47]) for _ in range(random.randint(1, 20)))
            if kind == 1: return b'n' * random.randint(90, 255)
            return ''.join(random.choices('abcdefghij.-_', k=random.randint(1, 12))).encode()
        files, directories = [], [b'upper']
        for _ in range(random.randint(20, 120)):
            parent = random.choice(directories)
            path = parent + b'/' + name()
            if os.path.lexists(path) or os.path.basename(path).startswith(b'.wh.') or len(path) > 3000: continue
            if os.path.basename(path) in (b'.', b'..'): continue
            kind = random.randrange(12)
            if kind < 3: os.mkdir(path); directories.append(path)
            elif kind == 3: os.symlink(name() * random.randint(1, 10), path)
            elif kind == 4: os.mkfifo(path)
            elif kind == 5 and files: os.link(random.choice(files), path); continue
            elif kind == 6: os.mknod(path, random.choice([stat.S_IFCHR, stat.S_IFBLK]) | 0o600, os.makedev(random.randint(1, 4000), random.randint(0, 1000000)))
            else:
                size = random.choice([0, 1, 511, 512, 513, 4096, random.randint(0, 100000), random.randint(0, 3000000)])
                with open(path, 'wb') as f:
                    if random.randrange(5) == 0: f.truncate(size)
                    else: f.write(os.urandom(size // 2) + b'x' * (size - size // 2))
                files.append(path)
            owner = (random.choice([0, 1, 1000, 65534, 2097151, 2097152, 4294967294]), random.choice([0, 42, 3000000000]))
            os.chown(path, *owner, follow_symlinks=False)
            if not os.path.islink(path): os.chmod(path, random.choice([0o644, 0o755, 0o4755, 0o2750, 0o1777, 0, 0o6711]))
            if os.path.isfile(path) or os.path.isdir(path):
                if not os.path.islink(path) and random.randrange(3) == 0:
                    os.setxattr(path, 'user.' + random.choice(['a', 'mime_type', 'x.y']), os.urandom(random.randint(1, 900)))
                    os.setxattr(path, 'user.text', 'line\\nline=2'.encode())
            if os.path.isfile(path) and not os.path.islink(path) and random.randrange(4) == 0:
                os.setxattr(path, 'security.capability', bytes.fromhex('0100000202040000000000000000000000000000'))
        for top, names, others in os.walk(b'upper', topdown=False):
            for path in [top + b'/' + n for n in others + names] + [top]:
                t = random.choice([0, 1, 1000000000, 2147483648, 8589934591, 8589934592, -1, -100000, random.randint(0, 2000000000)])
                os.utime(path, ns=(t * 1000000000, t * 1000000000), follow_symlinks=False)
        """

    @Test(.enabled(if: Host.isRoot, "owners and devices need root"), arguments: 1...36)
    func gnuTarRestoresGeneratedTrees(_ seed: Int) throws {
        let root = try PackingRoot()
        try Data(Self.makeTree.utf8).write(to: URL(fileURLWithPath: "\(root.path)/tree.py"))
        try root.shell("python3 tree.py \(seed)")
        try Self.roundTrip(root, [.none, .gzip, .gzipSmall, .zstd(level: 3)][seed % 4])
    }

    @Test(.enabled(if: Host.isRoot, "owners and devices need root"), arguments: 101...112)
    func whatWeUnpackPacksIntoTheSameArchiveAgain(_ seed: Int) throws {
        let first = try PackingRoot()
        try Data(Self.makeTree.utf8).write(to: URL(fileURLWithPath: "\(first.path)/tree.py"))
        try first.shell("python3 tree.py \(seed)")
        try first.shell(
            "touch upper/gone lower/gone; rm upper/gone; mknod upper/gone c 0 0; mkdir -p upper/new lower/new")
        try first.shell("setfattr -n user.overlay.opaque -v y upper/new; touch -d @77 upper upper/new")
        let packed = try first.pack(into: "layer", .gzip, over: true)
        let second = try PackingRoot()
        try second.shell("touch lower/gone; mkdir lower/new")
        let unpacked = try second.unpack("layer", of: first)
        #expect(unpacked.digest == packed.digest)
        #expect(unpacked.diffID == packed.diffID)
        #expect(unpacked.warnings == [])
        #expect(try second.pack(into: "layer", .gzip, over: true) == packed)
    }

    @Test func everyByteMayBeAName() throws {
        let root = try PackingRoot()
        try root.shell(
            """
            python3 - <<'E'
            import os
            os.chdir(b"upper")
            for b in range(1, 256):
                if b not in (46, 47): open(bytes([b]), "w").write(str(b))
                if b != 47: open(b"a" + bytes([b]) + b"z", "w").write(str(b))
            open(b"two\\nlines", "w"); open("café".encode(), "w"); open("cafe\\u0301".encode(), "w")
            E
            find upper -exec touch -hd @1000 {} +
            """)
        #expect(try root.pack().entries == 253 + 254 + 3)
        try root.shell("mkdir out; tar -x -f layer.tar -p --same-owner -C out")
        #expect(try root.description(of: "upper") == root.description(of: "out"))
    }

    @Test func hardLinksFollowTheFirstNameInOrder() throws {
        let root = try PackingRoot()
        try root.shell(
            "mkdir upper/d; echo 1 > upper/z; ln upper/z upper/d/a; ln upper/z upper/m; setfattr -n user.x -v 1 upper/z; "
                + "ln -s t upper/s; ln upper/s upper/s2 2>/dev/null; ln upper/z outside")
        #expect(try root.pack().entries == 6)
        let listing = try root.shell("tar -tvf layer.tar | sed 's/.*:[0-9]* //'")
        #expect(listing == "./\nd/\nd/a\nm link to d/a\ns -> t\ns2 -> t\nz link to d/a\n")
        try root.shell("mkdir out; tar -x --xattrs -f layer.tar -C out; test out/z -ef out/d/a -a out/m -ef out/z")
        #expect(try root.shell("getfattr --only-values -n user.x out/z") == "1")
    }

    @Test func attributesOfTheOverlayStayBehindAndEscapedOnesReturn() throws {
        let root = try PackingRoot()
        try root.shell(
            """
            touch upper/f; mkdir upper/d
            setfattr -n user.overlay.origin -v o upper/f; setfattr -n user.overlay.metacopy upper/f
            setfattr -n user.overlay.overlay.opaque -v y upper/d; setfattr -n user.overlay.impure -v y upper/d
            setfattr -n user.empty upper/f; setfattr -n user.kept -v 1 upper/f
            """)
        try root.pack()
        try root.shell("mkdir out; tar -x --xattrs --xattrs-include='*' -f layer.tar -C out")
        #expect(
            try root.shell("cd out; getfattr -d -m - f d")
                == "# file: f\nuser.kept=\"1\"\n\n# file: d\nuser.overlay.opaque=\"y\"\n\n")
    }
}
