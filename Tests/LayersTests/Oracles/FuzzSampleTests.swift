import Diagnostics
import HelperProtocol
import LayersFuzz
import SystemPackage
import TestSupport
import Testing

@testable import Layers

/// A sample, always the same, of what the fuzzer does: mutated archives are read or refused, and nothing else.
@Suite struct FuzzSampleTests {
    private static let tar = TarBuilder {
        $0.directory("d")
        $0.extended([("path", "d/pax"), ("mtime", "1.5"), ("SCHILY.xattr.user.x", "y")])
        $0.file("x", "text")
        $0.long("L", "d/long")
        $0.file("x", String(repeating: "words ", count: 200))
        $0.hardLink("hard", to: "d/long")
        $0.symbolicLink("s", to: "../d")
        $0.file("d/.wh.gone")
        $0.file("d/.wh..wh..opq")
        $0.extended([("GNU.sparse.map", "0,2,8,2"), ("GNU.sparse.size", "10"), ("GNU.sparse.name", "sparse")])
        $0.file("y", "data")
    }.finished

    /// An archive that the target reads without complaint.
    private static func seed(_ target: FuzzTarget) throws -> [UInt8] {
        switch target {
        case .tar, .unpack: return tar
        case .gzip, .zstd:
            let workshop = try OracleWorkshop()
            try workshop.write(tar, to: "tar")
            let program = target == .gzip ? "gzip -n" : "zstd -q --check"
            try workshop.shell("{ printf '\\005'; \(program) <tar; \(program) <tar; } >compressed")
            return try workshop.read("compressed")
        }
    }

    private static func rounds(_ target: FuzzTarget) -> Int {
        switch target {
        case .tar, .gzip, .zstd: 500
        case .unpack: 150
        }
    }

    @Test(.requiresTool("zstd"), arguments: FuzzTarget.allCases)
    func mutatedArchivesAreReadOrRefused(target: FuzzTarget) throws {
        let directory = try TemporaryDirectory("stacker-fuzz")
        let seed = try Self.seed(target)
        let untouched = try target.run(seed, in: directory.path)
        guard case .read = untouched else {
            Issue.record("the seed itself is refused: \(untouched)")
            return
        }
        var random = SeededGenerator(seed: 1)
        var refused = 0
        for round in 0..<Self.rounds(target) {
            let mutated = Self.mutated(seed, &random)
            do {
                if case .refused = try target.run(mutated, in: directory.path) { refused += 1 }
            } catch {
                Issue.record("round \(round): \(error)")
            }
        }
        #expect(refused > 0, "mutations reach nothing that could refuse them")
    }

    /// One to four changes: a byte, a run of them, a cut, a piece twice.
    private static func mutated(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = seed
        for _ in 0...random.below(4) where bytes.count > 16 {
            let place = random.below(bytes.count - 8)
            switch random.below(8) {
            case 0: bytes.removeLast(random.below(bytes.count / 2))
            case 1: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 512)], at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.below(600)))
            case 3: bytes.replaceSubrange(place..<place + 8, with: random.bytes(8))
            case 4: bytes[place] = random.pick([0, 0x2e, 0x2f, 0x37, 0x78, 0x80, 0xff])
            default: bytes[place] ^= 1 << UInt8(random.below(8))
            }
        }
        return bytes
    }
}
