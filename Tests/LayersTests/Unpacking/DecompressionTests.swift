import Diagnostics
import Foundation
import HelperProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Layers

@Suite struct DecompressionTests {
    /// Compresses with a program, the oracle for what is well-formed.
    private static func compress(_ bytes: [UInt8], _ command: String) throws -> [UInt8] {
        let result = try Program.run("/bin/sh", ["-c", ByteString(command)], stdin: ByteString(bytes))
        try #require(result.exitCode == 0, "\(command): \(result.stderrText)")
        return result.stdout.bytes
    }

    private static func outcome(
        _ bytes: [UInt8], _ compression: UnpackJob.Compression = .detect, limits: Limits = Limits(),
        maximumBytes: UInt64 = 1 << 30
    ) throws -> Outcome {
        try UnpackDestination().outcome(
            of: bytes, .overlay, compression, limits: limits, maximumBytes: maximumBytes)
    }

    private static let archive = TarBuilder {
        $0.file("f", "some text")
        $0.add("noise", data: (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
    }.finished

    @Test func membersAndFramesMayFollowEachOther() throws {
        let (first, second) = (Array(archive.prefix(700)), Array(archive.dropFirst(700)))
        for command in ["gzip", "zstd"] {
            let parts = try Self.compress(first, command) + Self.compress([], command) + Self.compress(second, command)
            #expect(try Self.outcome(parts) == .unpacked, "\(command)")
        }
        let many = archive.prefix(4_096).reduce(into: [UInt8]()) { all, byte in
            all += Self.gzipStored([byte])
        }
        #expect(try Self.outcome(many + Self.compress(Array(archive.dropFirst(4_096)), "gzip")) == .unpacked)
    }

    private var archive: [UInt8] { Self.archive }

    /// A gzip member with one stored block.
    private static func gzipStored(_ bytes: [UInt8], flags: UInt8 = 0, extra: [UInt8] = []) -> [UInt8] {
        let length = UInt16(bytes.count)
        let header: [UInt8] = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255] + extra
        let block: [UInt8] = [1, UInt8(length & 0xff), UInt8(length >> 8), UInt8(~length & 0xff), UInt8(~length >> 8)]
        return header + block + bytes + little(crc(bytes)) + little(UInt32(bytes.count))
    }

    private static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }

    @Test func optionalFieldsOfAGzipHeaderAreReadAndBounded() throws {
        let tar = TarBuilder { $0.file("f") }.finished
        var limits = Limits()
        limits.extendedHeaderBytes = 100_000
        let extra = [0xff, 0xff] + [UInt8](repeating: 7, count: 65_535)
        let name = Array("name\u{0}".utf8)
        let comment = Array("comment\u{0}".utf8)
        let start: [UInt8] = [0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 255]
        let sum = Self.crc(start)
        let rows: [(UInt8, [UInt8], String)] = [
            (4, extra, "OK"), (4, [0, 0], "OK"), (8, name, "OK"), (16, comment, "OK"),
            (28, extra + name + comment, "OK"),
            (1, [], "OK"), (2, [UInt8(sum & 0xff), UInt8(sum >> 8 & 0xff)], "OK"), (2, [0, 0], "REJ"),
            (0x20, [], "REJ"), (0x80, [], "REJ"), (8, [UInt8](repeating: 0x61, count: 200_000), "LIM"),
        ]
        for (flags, fields, code) in rows {
            let outcome = try Self.outcome(Self.gzipStored(tar, flags: flags, extra: fields), limits: limits)
            #expect(outcome.code == code, "flags \(flags): \(outcome)")
        }
    }

    @Test func damageInGzipIsNoticed() throws {
        let good = try Self.compress(archive, "gzip -n")
        #expect(try Self.outcome(good) == .unpacked)
        for (what, index) in [("crc", good.count - 8), ("length", good.count - 1), ("method", 2), ("data", 100)] {
            var bad = good
            bad[index] ^= 0x40
            #expect(try Self.outcome(bad).errorClass == .rejected, "\(what)")
        }
        for length in stride(from: 2, to: good.count, by: 997) {
            #expect(try Self.outcome(Array(good.prefix(length))).errorClass == .rejected, "cut at \(length)")
        }
        #expect(try Self.outcome(good + [0, 0, 0, 0]).text == "zeros that follow the compressed data were ignored")
        #expect(try Self.outcome(good + [0, 0, 1]).errorClass == .rejected)
        #expect(try Self.outcome(good + [1]).errorClass == .rejected)
        #expect(try Self.outcome(good + [0x1f]).errorClass == .rejected)
        #expect(try Self.outcome([], .gzip).errorClass == .rejected)
    }

    @Test func damageInZstdIsNoticed() throws {
        let good = try Self.compress(archive, "zstd --check")
        #expect(try Self.outcome(good) == .unpacked)
        var bad = good
        bad[good.count - 1] ^= 1
        #expect(try Self.outcome(bad).text == "the zstd checksum is wrong: the data is damaged")
        for length in stride(from: 4, to: good.count, by: 997) {
            #expect(try Self.outcome(Array(good.prefix(length))).errorClass == .rejected, "cut at \(length)")
        }
        #expect(try Self.outcome(good + [0, 0, 0, 0]).errorClass == .rejected)
        #expect(try Self.outcome([], .zstd).errorClass == .rejected)
    }

    @Test func skippableFramesAreSkippedAndBounded() throws {
        let good = try Self.compress(archive, "zstd")
        func frame(_ length: UInt32, _ bytes: Int) -> [UInt8] {
            [0x53, 0x2a, 0x4d, 0x18] + Self.little(length) + [UInt8](repeating: 9, count: bytes)
        }
        var limits = Limits()
        limits.trailingBytes = 10_000
        #expect(try Self.outcome(frame(3, 3) + good + frame(0, 0) + frame(100, 100), limits: limits) == .unpacked)
        #expect(try Self.outcome(frame(1 << 30, 0) + good, limits: limits).errorClass == .limit)
        #expect(try Self.outcome(frame(6_000, 6_000) + frame(6_000, 6_000) + good, limits: limits).errorClass == .limit)
        #expect(try Self.outcome(good + frame(10, 9), limits: limits).errorClass == .rejected)
        #expect(try Self.outcome(Array(frame(10, 9).prefix(6)), limits: limits).errorClass == .rejected)
    }

    @Test func emptyMembersAndFramesAreBounded() throws {
        var limits = Limits()
        limits.emptyMembers = 10
        for command in ["gzip", "zstd"] {
            let empty = try Self.compress([], command)
            let good = try Self.compress(archive, command)
            let ten = [[UInt8]](repeating: empty, count: 10).flatMap(\.self)
            #expect(try Self.outcome(ten + good + ten, limits: limits) == .unpacked)
            #expect(try Self.outcome(ten + empty + good, limits: limits).errorClass == .limit)
        }
    }

    @Test func aWindowThatIsTooLargeIsALimit() throws {
        var limits = Limits()
        limits.zstdWindowLog = 20
        let large = TarBuilder { $0.add("zeros", data: [UInt8](repeating: 0, count: 9 << 20)) }.finished
        let compressed = try Self.compress(large, "zstd --long=23")
        #expect(try Self.outcome(compressed) == .unpacked)
        #expect(
            try Self.outcome(compressed, limits: limits)
                == .failed(.limit, "the zstd data needs a window of more than 1 MiB"))
        // A frame header that asks for 2 GiB: no single segment, window of exponent 21.
        let huge: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 1, 0, 0]
        #expect(try Self.outcome(huge).errorClass == .limit)
    }

    /// 8 GiB of zeros behind a header that promises them, in 8 MiB or less.
    @Test(arguments: ["gzip -1", "zstd -1"])
    func aBombEndsAtTheLimit(command: String) throws {
        let header = TarBuilder { $0.add("bomb", size: 200 << 20) }.bytes
        let parts = try Self.compress(header, command) + Self.compress([UInt8](repeating: 0, count: 4 << 20), command)
        let refused = try Self.outcome(parts, maximumBytes: 100 << 20)
        #expect(refused == .failed(.limit, "bomb: the archive expands to more than \(100 << 20) bytes"))
        let after = try Self.compress(TarBuilder { $0.file("f") }.finished, command)
        let zeros = try Self.compress([UInt8](repeating: 0, count: 4 << 20), command)
        var limits = Limits()
        limits.trailingBytes = 10 << 20
        let padded = after + [[UInt8]](repeating: zeros, count: 4).flatMap(\.self)
        #expect(try Self.outcome(padded, limits: limits).errorClass == .limit)
    }

    @Test func theFirstBytesMustSayWhatTheJobSays() throws {
        let tar = TarBuilder { $0.file("f") }.finished
        let stored: [(UnpackJob.Compression, [UInt8])] = [
            (.none, tar), (.gzip, try Self.compress(tar, "gzip")), (.zstd, try Self.compress(tar, "zstd")),
        ]
        for (promised, _) in stored {
            for (actual, bytes) in stored {
                let outcome = try Self.outcome(bytes, promised)
                #expect((outcome == .unpacked) == (promised == actual), "\(promised), \(actual): \(outcome)")
                #expect(promised == actual || outcome.errorClass == .rejected)
            }
        }
    }

    @Test(arguments: [("xz", "xz"), ("bzip2", "bzip2"), ("lz4", "lz4"), ("lzip", "lzip")])
    func otherCompressionsAreRefusedByName(command: String, name: String) throws {
        guard Host.tool(command) != nil else { return }
        let bytes = try Self.compress(TarBuilder { $0.file("f") }.finished, command)
        for promised in UnpackJob.Compression.allCases {
            let outcome = try Self.outcome(bytes, promised)
            #expect(outcome.errorClass == .rejected)
            #expect(outcome.text.contains(name))
        }
    }

    @Test func aTarThatBeginsWithAMagicIsATar() throws {
        for name in ["BZh9.txt", "PK", "LZIP"] as [ByteString] {
            #expect(try Self.outcome(TarBuilder { $0.file(name) }.finished) == .unpacked)
        }
        let zip = try Self.outcome(Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 1, count: 600))
        #expect(zip.text.hasPrefix("the archive is in the format zip"))
    }

    /// ISA-L keeps bits between calls; every cut of its input and every size of its output must give the same bytes.
    @Test func anyCutOfTheInputGivesTheSameBytes() throws {
        let plain = Array(archive.prefix(9_000))
        for command in ["gzip -n", "zstd"] {
            let stored = try Self.compress(plain, command) + Self.compress(Array(archive.dropFirst(9_000)), command)
            for (inputSize, outputSize) in [(1, 70_000), (7, 13), (4_096, 1), (100_000, 4_097)] {
                let decompressor = try ArchiveCompression(stored).decompressor(limits: Limits())
                #expect(try Self.decode(stored, decompressor, inputSize, outputSize) == archive)
            }
        }
    }

    private static func decode(
        _ stored: [UInt8], _ decompressor: any Decompressor, _ inputSize: Int, _ outputSize: Int
    ) throws -> [UInt8] {
        var plain: [UInt8] = []
        var output = [UInt8](repeating: 0, count: outputSize)
        for start in stride(from: 0, to: stored.count, by: inputSize) {
            var rest = Array(stored[start..<min(stored.count, start + inputSize)])
            var produced = 0
            repeat {
                let progress = try rest.withUnsafeBytes { input in
                    try output.withUnsafeMutableBytes { try decompressor.decode(input, into: $0) }
                }
                rest.removeFirst(progress.consumed)
                produced = progress.produced
                plain += output.prefix(produced)
            } while !rest.isEmpty || produced == outputSize
        }
        #expect(try decompressor.finish() == false)
        return plain
    }
}
