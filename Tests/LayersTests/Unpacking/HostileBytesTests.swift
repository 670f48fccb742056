import Diagnostics
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// Damaged archives never stop the process, never take long, never reach beyond the root.
@Suite struct HostileBytesTests {
    /// Small ones, so that every byte of each can be changed.
    private static let archives: [[UInt8]] = [
        TarBuilder {
            $0.directory("d"); $0.symbolicLink("d/s", to: "../canary"); $0.hardLink("h", to: "d/s")
        },
        TarBuilder {
            $0.extended([("path", "d/pax"), ("mtime", "1.5"), ("SCHILY.xattr.user.x", "y")]); $0.file("x", "text")
        },
        TarBuilder {
            $0.long("L", "d/long"); $0.file("x"); $0.file("d/.wh.gone")
        },
        TarBuilder {
            $0.extended([("GNU.sparse.map", "0,2,8,2"), ("GNU.sparse.size", "10"), ("GNU.sparse.name", "sparse")])
            $0.file("y", "data")
        },
        TarBuilder {
            $0.add("s", type: "S", data: Array("data".utf8)) {
                TarBuilder.put(Array("ustar  \u{0}".utf8), at: 257, in: &$0)
                TarBuilder.put(Array("00000000003\u{0}00000000004\u{0}".utf8), at: 386, in: &$0)
                TarBuilder.put(Array("00000000007".utf8), at: 483, in: &$0)
            }
        },
    ].map(\.finished)

    /// Reads all members and their data in memory.
    private static func read(_ bytes: [UInt8]) throws {
        var blocks = [PlainBlock()]
        blocks[0].count = bytes.count
        blocks[0].storage.copyBytes(from: bytes)
        let stream = PlainStream(nextBlock: { blocks.popLast() }, recycle: { _ in })
        var limits = Limits()
        limits.trailingBytes = 1 << 16
        var reader = TarReader(stream, maximumBytes: 1 << 20, limits: limits, warnings: Warnings())
        while let member = try reader.next() {
            _ = try? MemberName(member.name, limits: limits)
            if case .file = member.kind { try reader.readData { _, _ in } }
        }
    }

    @Test(arguments: archives) func everyCutIsReadOrRefused(archive: [UInt8]) {
        for length in 0...archive.count { Self.expectReadOrRefused(Array(archive.prefix(length)), "cut at \(length)") }
    }

    @Test(arguments: archives) func everyChangeOfOneByteIsReadOrRefused(archive: [UInt8]) {
        for index in archive.indices {
            for change in [0x01, 0xff] as [UInt8] {
                var bytes = archive
                bytes[index] ^= change
                Self.expectReadOrRefused(bytes, "byte \(index) ^ \(change)")
            }
        }
    }

    private static func headers(of archive: [UInt8]) -> [Int] {
        stride(from: 0, to: archive.count - 1_024, by: 512).filter {
            (try? TarHeader(Array(archive[$0..<$0 + 512]))) != nil
        }
    }

    /// With the checksum made right again, a change reaches the code behind it.
    @Test(arguments: archives) func everyChangeOfAHeaderIsReadOrRefused(archive: [UInt8]) {
        let headers = Self.headers(of: archive)
        #expect(!headers.isEmpty)
        for start in headers {
            for index in 0..<512 where !(148..<156).contains(index) {
                for value in [0x00, 0x2f, 0x37, 0xff] as [UInt8] where archive[start + index] != value {
                    var bytes = archive
                    bytes[start + index] = value
                    let fixed = TarBuilder.withChecksum(Array(bytes[start..<start + 512]))
                    bytes.replaceSubrange(start..<start + 512, with: fixed)
                    Self.expectReadOrRefused(bytes, "header \(start), byte \(index) = \(value)")
                }
            }
        }
    }

    private static func expectReadOrRefused(_ bytes: [UInt8], _ what: String) {
        do {
            try read(bytes)
        } catch {
            #expect(error is InvalidArchive, "\(what): \(error)")
        }
    }

    @Test(arguments: [UnpackJob.Form.overlay, .merged])
    func damagedArchivesStayInsideTheRoot(form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        var generator = SystemRandomNumberGenerator()
        for round in 0..<250 {
            let archive = Self.archives[round % Self.archives.count]
            let start = Self.headers(of: archive).randomElement(using: &generator) ?? 0
            var block = Array(archive[start..<start + 512])
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let value = ([0x2e, 0x2f, 0, 0x31, 0x32, 0x35] as [UInt8]).randomElement(using: &generator) ?? 0
                block[Int.random(in: 0..<512, using: &generator)] = value
            }
            var bytes = archive
            bytes.replaceSubrange(start..<start + 512, with: TarBuilder.withChecksum(block))
            let outcome = try destination.outcome(of: bytes, form)
            // A base whose first header is damaged may be in another format.
            let known: [ErrorClass?] =
                [nil, .rejected, .limit] + (Host.isRoot ? [] : [.permission]) + (form == .merged ? [.unsupported] : [])
            #expect(known.contains(outcome.errorClass), "round \(round): \(outcome)")
        }
        try destination.expectNothingOutside()
    }

    /// CVE-2018-15664, CVE-2025-47290: the tree is changed while it is written.
    @Test func aRacerInsideTheRootReachesNothingOutside() throws {
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        let archive = TarBuilder {
            for number in 0..<400 {
                $0.directory("d/sub")
                $0.file(ByteString("d/sub/f\(number)"), "data")
                $0.directory(ByteString("d/x\(number % 7)"), mode: 0o777)
            }
        }.finished
        try destination.shell("mkdir -p d/sub")
        let team = try ThreadTeam(threads: 1)
        let root = destination.root
        let racer = team.start {
            try UnpackDestination.shell(
                """
                end=$(($(date +%s) + 3)); set +e; while [ $(date +%s) -lt $end ]; do
                  mv d e 2>/dev/null; ln -s \(canary) d 2>/dev/null; rm -f d; mv e d 2>/dev/null
                  mv d/sub d/old 2>/dev/null; ln -s \(canary) d/sub 2>/dev/null; rm -f d/sub; mv d/old d/sub 2>/dev/null || true
                done; true
                """, in: root)
        }
        // It may fail at any step; it may not leave the root.
        for _ in 0..<12 { _ = try? destination.unpack(archive, .merged) }
        _ = try racer.value()
        try destination.expectNothingOutside()
    }
}
