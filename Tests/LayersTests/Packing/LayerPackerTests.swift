import Diagnostics
import Foundation
import HelperProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Layers

@Suite struct LayerPackerTests {
    static let compressions: [PackJob.Compression] = [.none, .gzip, .gzipSmall, .zstd(level: 3)]

    private static func decompress(_ compression: PackJob.Compression) -> String {
        switch compression {
        case .none: "cat"
        case .gzip, .gzipSmall: "gzip -dc"
        case .zstd: "zstd -dc"
        }
    }

    /// The failure of packing `upper` as `script` leaves it.
    private static func failure(after script: String, limits: Limits = Limits()) throws -> Failure {
        let root = try PackingRoot()
        try root.shell(script)
        return try #require(throws: Failure.self) { try root.pack(limits: limits) }
    }

    @Test(arguments: compressions)
    func digestsAndSizesAreThoseOfTheFile(_ compression: PackJob.Compression) throws {
        let root = try PackingRoot()
        try root.shell("mkdir upper/etc; echo root > upper/etc/passwd; head -c 3000000 /dev/urandom > upper/noise")
        let result = try root.pack(into: "layer", compression)
        let unpack = Self.decompress(compression)
        #expect(try root.shell("sha256sum < layer") == "\(result.digest.dropFirst(7))  -\n")
        #expect(try root.shell("\(unpack) < layer | sha256sum") == "\(result.diffID.dropFirst(7))  -\n")
        #expect(try root.shell("stat -c %s layer") == "\(result.size)\n")
        #expect(try root.shell("\(unpack) < layer | wc -c") == "\(result.uncompressedSize)\n")
        #expect(try root.shell("\(unpack) < layer | tar -t") == "./\netc/\netc/passwd\nnoise\n")
        #expect(result.entries == 3)
        #expect(result.encoder == compression.encoderID)
        #expect(result.warnings.isEmpty)
    }

    @Test func theArchiveStartsAtTheCurrentOffset() throws {
        let root = try PackingRoot()
        let archive = try OwnedDescriptor.open(FilePath("\(root.path)/a"), O_WRONLY | O_CREAT, mode: 0o600)
        try archive.write(Array("front".utf8))
        let job = PackJob(archive: archive.raw, compression: .none, hasLower: false, threads: 1)
        let result = try root.pack(job, to: archive)
        #expect(try root.shell("tail -c +6 a | sha256sum") == "\(result.digest.dropFirst(7))  -\n")
        #expect(result.entries == 0)
        #expect(result.size == 1536, "the root directory and two blocks of zeros")
    }

    @Test(arguments: [PackJob.Compression.gzip, .gzipSmall, .zstd(level: 1), .zstd(level: 9)])
    func theBytesDoNotDependOnTheNumberOfThreads(_ compression: PackJob.Compression) throws {
        let root = try PackingRoot()
        try root.shell(
            "for n in 1 2 3; do find /usr/include /usr/share/doc -type f | sort | xargs cat 2>/dev/null "
                + "| head -c 5000000 > upper/text$n || true; head -c 700001 /dev/urandom > upper/noise$n; done")
        let results = try [1, 2, 4].map { try root.pack(compression, threads: $0) }
        #expect(results[0].digest == results[1].digest)
        #expect(results[0].digest == results[2].digest)
        #expect(results[0].uncompressedSize > 3 * UInt64(compression.blockBytes))
    }

    @Test(
        arguments: [PackJob.Compression.gzip, .gzipSmall],
        [
            "gzip -t", "igzip -t",
            "python3 -c 'import gzip,sys; sys.stdout.write(str(len(gzip.open(sys.argv[1]).read())))'",
        ])
    func everyReaderTakesTheGzip(_ compression: PackJob.Compression, _ reader: String) throws {
        let root = try PackingRoot()
        try root.shell("cp -r /usr/include/linux upper/; head -c 2500000 /dev/urandom > upper/noise")
        let result = try root.pack(into: "layer.gz", compression)
        let output = try root.shell("\(reader) layer.gz")
        if reader.hasPrefix("python3") { #expect(output == "\(result.uncompressedSize)") }
        #expect(try root.shell("head -c 10 layer.gz | od -An -tx1") == " 1f 8b 08 00 00 00 00 00 00 ff\n")
    }

    @Test func zstdTakesTheZstd() throws {
        let root = try PackingRoot()
        try root.shell("cp -r /usr/include upper/")
        try root.pack(into: "layer.zst", .zstd(level: 1))
        try root.shell("zstd -qt layer.zst")
    }

    @Test func aLevelThatZstdLacksIsRefused() throws {
        let root = try PackingRoot()
        #expect(throws: Failure.self) { try root.pack(.zstd(level: 0)) }
        #expect(throws: Failure.self) { try root.pack(.zstd(level: 20)) }
    }

    @Test func namesStandInBytewiseOrder() throws {
        let root = try PackingRoot()
        try root.shell("mkdir upper/a upper/a.b; touch upper/a/z upper/a.b/a upper/B upper/a0 $'upper/\\xff' upper/é")
        try root.pack()
        #expect(
            try root.members() == [
                "./", "B", "a/", "a/z", "a.b/", "a.b/a", "a0", "\\303\\251", "\\377",
            ])
    }

    @Test func timesAreWholeSecondsAndNotLaterThanTheEpoch() throws {
        let root = try PackingRoot()
        try root.shell(
            "touch -d @1000.9 upper/old; touch -d @5000 upper/new; touch -d @-1.5 upper/ancient; touch -d @3000 upper")
        try root.pack(epoch: 2000)
        let times = try root.shell("TZ=UTC tar -tvf layer.tar --full-time | awk '{print $4, $5, $6}'")
        #expect(
            times
                == """
                1970-01-01 00:33:20 ./
                1969-12-31 23:59:58 ancient
                1970-01-01 00:33:20 new
                1970-01-01 00:16:40 old

                """)
        try root.pack()
        #expect(try root.shell("TZ=UTC tar -tvf layer.tar --full-time new").contains("01:23:20"))
    }

    @Test func theSameTreeGivesTheSameBytes() throws {
        let root = try PackingRoot()
        try root.shell("cp -r /usr/include/linux upper/; ln upper/linux/fs.h upper/fs.h")
        let first = try root.pack(.gzip)
        try root.shell("mv upper old; cp -a old upper; rm -r old; find upper -exec cat {} + >/dev/null 2>&1 || true")
        #expect(try root.pack(.gzip) == first)
    }

    @Test func socketsAndUnspeakableAttributesAreLeftOutWithAWarning() throws {
        let root = try PackingRoot()
        try root.shell(
            "python3 -c 'import socket; [socket.socket(socket.AF_UNIX).bind(\"upper/s%d\" % n) for n in (1, 2)]'; "
                + "touch upper/f; setfattr -n user.a=b -v 1 upper/f; setfattr -n user.ok -v 1 upper/f")
        let result = try root.pack()
        #expect(try root.members() == ["./", "f"])
        #expect(result.entries == 1)
        #expect(result.warnings.count == 2)
        #expect(result.warnings.first?.hasPrefix("left out 2 sockets") == true)
        #expect(result.warnings.last?.hasPrefix("left out 1 extended attribute ") == true)
    }

    @Test(arguments: ["touch upper/.wh.x", "mkdir -p upper/a/.wh.b", "ln -s x upper/.wh..wh..opq", "touch upper/.wh."])
    func aNameThatWouldReadAsAWhiteoutIsRefusedByName(_ script: String) throws {
        let failure = try Self.failure(after: script)
        #expect(failure.errorClass == .rejected)
        #expect(failure.description.contains(".wh."))
        #expect(script.hasSuffix(failure.causes[0].split(separator: " ").last.map(String.init) ?? "-"))
    }

    @Test func namesThatOnlyResembleWhiteoutsArePacked() throws {
        let root = try PackingRoot()
        try root.shell("touch upper/.wh upper/.whx upper/wh. upper/a.wh.b")
        #expect(try root.pack().entries == 4)
    }

    @Test func depthAndLengthEndAtTheLimits() throws {
        var limits = Limits()
        limits.pathDepth = 4
        #expect(throws: Never.self) {
            let root = try PackingRoot()
            try root.shell("mkdir -p upper/1/2/3; touch upper/1/2/3/f")
            try root.pack(limits: limits)
        }
        #expect(try Self.failure(after: "mkdir -p upper/1/2/3/4", limits: limits).errorClass == .limit)
        limits = Limits()
        limits.pathBytes = 10
        #expect(
            try Self.failure(after: "mkdir -p upper/123; touch upper/123/567890", limits: limits).errorClass == .limit)
    }

    @Test func tenThousandDirectoriesInOneAnotherArePacked() throws {
        let root = try PackingRoot()
        try root.shell(
            """
            python3 - <<'E'
            import os
            os.chdir("upper")
            for n in range(10000):
                os.mkdir("d"); os.chdir("d")
            open("f", "w").write("deep")
            E
            """)
        var limits = Limits()
        limits.pathDepth = 20_000
        #expect(try root.pack(limits: limits).entries == 10_001)
        #expect(try root.shell("tar -tf layer.tar | tail -1 | wc -c") == "20002\n")
        #expect(throws: Failure.self) { try root.pack() }
    }

    @Test func aDirectoryThatCannotBeReadIsNamed() throws {
        let root = try PackingRoot()
        try root.shell("rmdir upper; touch upper")
        let failure = try #require(throws: Failure.self) { try root.pack() }
        #expect(failure.description.contains("upper"))
    }

    @Test(
        .enabled(if: !Host.isRoot, "root reads everything"),
        arguments: ["touch upper/f; chmod 0 upper/f", "mkdir -m 0 upper/f"])
    func whatCannotBeReadIsNamed(_ script: String) throws {
        let failure = try Self.failure(after: script)
        #expect(failure.description.contains("openat f: "))
        #expect(failure.errorClass == .permission)
    }

    @Test func aFullDiskIsAnErrorOfWriting() throws {
        let root = try PackingRoot()
        try root.shell("head -c 9000000 /dev/urandom > upper/noise")
        let full = try OwnedDescriptor.open("/dev/full", O_WRONLY)
        for compression in Self.compressions {
            let job = PackJob(archive: full.raw, compression: compression, hasLower: false, threads: 2)
            let failure = try #require(throws: Failure.self) { try root.pack(job, to: full) }
            #expect(failure.description.contains("No space left"))
        }
    }
}
