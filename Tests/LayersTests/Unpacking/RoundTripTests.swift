import Diagnostics
import HelperProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Layers

/// Archives of GNU tar, unpacked by us and by GNU tar itself, must give the same tree.
@Suite struct RoundTripTests {
    /// Every kind of file that the format can hold; run as root, owners and capabilities too.
    private static let tree = """
        mkdir -p tree/d/e tree/empty; cd tree
        echo hello >d/file; printf '' >zero; head -c 3000000 /dev/urandom >big
        ln d/file d/e/hard; ln -s ../file d/e/soft; ln -s /nonexistent dangling; mkfifo pipe
        chmod 4755 d/file; chmod 2770 d/e; chmod 1777 empty; chmod 0400 zero
        touch -d @1234567890.123456789 big; touch -h -d @1000000001 dangling; touch -d @86400 d/e
        touch -d @1300000000 pipe; touch -d @1400000000 d empty; touch -d @1400000001 .
        """

    private static let long = """
        ; mkdir -p $(printf 'n%.0s' $(seq 120))/$(printf 'm%.0s' $(seq 120))
        echo long >$(printf 'n%.0s' $(seq 120))/$(printf 'm%.0s' $(seq 120))/file
        ln -s $(printf 't%.0s' $(seq 200)) longlink
        touch -h -d @1500000000 longlink; find . -type d -exec touch -d @1400000001 {} +
        """

    @Test(arguments: ["pax", "gnu", "ustar", "v7"], [UnpackJob.Form.overlay, .merged])
    func theTreeIsTheSameAsThatOfGNUTar(format: String, form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let source = try TemporaryDirectory()
        let hasLongNames = format == "pax" || format == "gnu"
        // Version 7 has no FIFOs.
        let script = Self.tree + (hasLongNames ? Self.long : "") + (format == "v7" ? "; rm pipe; touch -d @1 ." : "")
        try UnpackDestination.shell(script, in: source.path)
        try UnpackDestination.shell(
            "tar --format=\(format) -cf a.tar -C tree .; mkdir out; tar -xpf a.tar -C out", in: source.path)
        let result = try destination.unpack(file: source.path.appending("a.tar"), form)
        #expect(result.warnings == [])
        #expect(try UnpackDestination.list(destination.root) == UnpackDestination.list(source.path.appending("out")))
    }

    @Test(arguments: ["", "gzip", "zstd", "gzip -9 -n --rsyncable"])
    func compressionMakesNoDifference(compressor: String) throws {
        let destination = try UnpackDestination()
        let source = try TemporaryDirectory()
        try UnpackDestination.shell(
            Self.tree
                + "; cd ..; tar --format=pax -cf a.tar -C tree .; \(compressor.isEmpty ? "cat" : compressor) <a.tar >b",
            in: source.path)
        let result = try destination.unpack(file: source.path.appending("b"))
        #expect(try UnpackDestination.list(destination.root) == UnpackDestination.list(source.path.appending("tree")))
        let sums = try UnpackDestination.shell("sha256sum b a.tar | cut -c1-64; stat -c %s b", in: source.path)
        let lines = sums.split(separator: "\n").map(String.init)
        #expect(["sha256:" + lines[0], "sha256:" + lines[1]] == [result.digest, result.diffID])
        #expect(UInt64(lines[2]) == result.size)
        #expect(result.entries == 11)
    }

    @Test(arguments: ["gnu", "pax --sparse-version=0.0", "pax --sparse-version=0.1", "pax --sparse-version=1.0"])
    func holesStayHoles(format: String) throws {
        let destination = try UnpackDestination()
        let source = try TemporaryDirectory()
        try UnpackDestination.shell(
            """
            mkdir tree; cd tree
            truncate -s 100M empty; truncate -s 20M many; truncate -s 3M tail; echo start | dd of=tail conv=notrunc
            for i in $(seq 0 40); do echo $i | dd of=many bs=1 seek=$((i * 400000)) conv=notrunc 2>/dev/null; done
            cd ..; tar --sparse --format=\(format) -cf a.tar -C tree .
            """, in: source.path)
        let result = try destination.unpack(file: source.path.appending("a.tar"))
        #expect(result.warnings == [])
        let sums = "cd $0; sha256sum empty many tail; stat -c '%n %s' empty many tail"
        #expect(
            try UnpackDestination.shell(sums.replacing("$0", with: "."), in: destination.root)
                == UnpackDestination.shell(sums.replacing("$0", with: "tree"), in: source.path))
        let kilobytes = try #require(Int(try destination.shell("du -sk . | cut -f1").dropLast()))
        #expect(kilobytes < 2_000, "the holes were written")
    }

    @Test(.requiresRoot) func capabilitiesAndUserAttributesArriveAfterOwnerAndMode() throws {
        let destination = try UnpackDestination()
        let source = try TemporaryDirectory()
        try UnpackDestination.shell(
            """
            mkdir tree; cp /bin/true tree/cap; echo x >tree/attr; mkdir tree/dir
            chown 12:34 tree/cap tree/attr; chmod 6755 tree/attr
            setcap cap_net_raw+ep tree/cap; setfattr -n user.note -v hello tree/attr tree/dir
            setfattr -n trusted.secret -v no tree/dir
            tar --xattrs --xattrs-include='*' --format=pax -cf a.tar -C tree .
            setfattr -x trusted.secret tree/dir
            """, in: source.path)
        let result = try destination.unpack(file: source.path.appending("a.tar"))
        #expect(result.warnings == ["extended attributes that images do not carry were left out: ./dir/"])
        #expect(try UnpackDestination.list(destination.root) == UnpackDestination.list(source.path.appending("tree")))
        #expect(try destination.shell("getcap cap") == "cap cap_net_raw=ep\n")
    }
}
