import Diagnostics
import Foundation
import HelperProtocol
import Testing

@testable import Layers

@Suite struct BlockEncoderTests {
    static let compressions: [PackJob.Compression] = [.gzip, .gzipSmall, .zstd(level: 1), .zstd(level: 3)]

    static func encode(_ content: [UInt8], with encoder: any BlockEncoder) throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: content.count * 2 + 1024)
        let count = try unsafe content.withUnsafeBytes { content in
            try unsafe output.withUnsafeMutableBytes { try unsafe encoder.encode(content, into: $0) }
        }
        return Array(output[..<count])
    }

    /// Deterministic, neither empty of repetition nor full of it.
    static func sample(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        var bytes: [UInt8] = []
        while bytes.count < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if state >> 62 == 0, bytes.count > 300 {
                let start = bytes.count - 20 - Int(state >> 40 & 255)
                bytes += bytes[start..<(start + 4 + Int(state >> 50 & 15))]
            } else {
                bytes.append(UInt8(truncatingIfNeeded: state >> 33) & 0x3f)
            }
        }
        return Array(bytes[..<count])
    }

    @Test(arguments: compressions)
    func aBlockDoesNotShowWhatWasEncodedBefore(_ compression: PackJob.Compression) throws {
        let used = try #require(try compression.makeEncoder())
        for seed in 0..<8 {
            let block = Self.sample(100_000 + seed * 7_777, seed: UInt64(seed))
            let fresh = try #require(try compression.makeEncoder())
            #expect(try Self.encode(block, with: used) == Self.encode(block, with: fresh), "block \(seed)")
        }
    }

    /// ISA-L hashes an address of its own in one place; 64 encoders at as many addresses meet 1000 blocks, of which
    /// each has one chance in 8192 to show that.
    @Test func aBlockDoesNotShowWhereTheEncoderLiesInMemory() throws {
        let encoders = (0..<64).map { _ in FastDeflateEncoder() }
        for number in 0..<1_000 {
            let word = Self.sample(12, seed: UInt64(number))
            let block = word + [200] + word.dropFirst(2) + [201] + Self.sample(40, seed: 7)
            let encoded = try Self.encode(block, with: encoders[0])
            for encoder in encoders.dropFirst() { try #require(Self.encode(block, with: encoder) == encoded) }
        }
    }

    @Test(arguments: compressions, [1, 15, 16, 17, 4_096, 1 << 20])
    func whatCannotBeCompressedFitsTheOutputBlock(_ compression: PackJob.Compression, _ count: Int) throws {
        var noise = [UInt8](repeating: 0, count: count)
        arc4random_buf(&noise, count)
        let encoder = try #require(try compression.makeEncoder())
        #expect(try Self.encode(noise, with: encoder).count <= compression.outputBytes)
    }

    @Test func anEncoderIsNamedWithLevelAndVersion() {
        #expect(PackJob.Compression.gzip.encoderID.starts(with: "isal-1/"))
        #expect(PackJob.Compression.gzipSmall.encoderID.starts(with: "zlib-6/1."))
        #expect(PackJob.Compression.zstd(level: 7).encoderID.starts(with: "zstd-7/1."))
        #expect(PackJob.Compression.none.encoderID == "none")
    }
}
