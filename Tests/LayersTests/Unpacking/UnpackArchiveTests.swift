import Digests
import Diagnostics
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// Archives as a whole: their end, their extended headers, sizes and limits.
@Suite struct UnpackArchiveTests {
    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    private static let three = TarBuilder {
        $0.directory("d")
        $0.extended([("path", "d/pax")])
        $0.file("x", "some text")
        $0.symbolicLink("s", to: "d")
    }

    @Test func anArchiveWithoutMembersIsAnEmptyLayer() throws {
        let destination = try UnpackDestination()
        for count in [0, 1024, 10_240] {
            #expect(try destination.outcome(of: Self.zeros(count), .overlay, .none) == .unpacked)
        }
        #expect(try destination.unpack([]).diffID.hasSuffix("7852b855"))
    }

    @Test func everyCutIsRefusedUnlessOnlyTheEndIsMissing() throws {
        let destination = try UnpackDestination()
        let archive = Self.three.finished
        let members = Self.three.bytes.count
        // Every byte around the borders of blocks, and some in between.
        for length in 1..<archive.count where length % 512 < 2 || length % 512 > 510 || length % 29 == 0 {
            let outcome = try destination.outcome(of: Array(archive.prefix(length)))
            // The extended header belongs to the member after it, so the archive cannot end between them.
            if [512, 2_560].contains(length) || length >= members {
                #expect(outcome.text.hasSuffix("the archive has no end-of-archive marker"), "cut at \(length)")
            } else {
                #expect(outcome.errorClass == .rejected, "cut at \(length): \(outcome)")
            }
        }
    }

    @Test func whatFollowsTheEnd() throws {
        let destination = try UnpackDestination()
        let archive = Self.three.finished
        let members = Self.three.bytes
        let garbage = [UInt8](repeating: 0x41, count: 1 << 20)
        var limits = Limits()
        limits.trailingBytes = 1 << 20
        let rows: [(String, [UInt8], String)] = [
            ("padding", archive + Self.zeros(9_000), "OK"),
            ("garbage", archive + garbage, "OK+W"),
            ("garbage after padding", archive + Self.zeros(8_192) + garbage.prefix(1_000), "OK+W"),
            ("too much garbage", archive + garbage + [1], "LIM"),
            ("too many zeros", archive + Self.zeros(1 << 20) + [0], "LIM"),
            ("one block of zeros", members + Self.zeros(512), "OK+W"),
            ("one block of zeros and a member", members + Self.zeros(512) + archive, "REJ"),
            ("another archive", archive + archive, "REJ"),
            ("another archive after padding", archive + Self.zeros(8_192) + archive, "REJ"),
        ]
        for (what, bytes, code) in rows {
            let outcome = try destination.outcome(of: bytes, limits: limits)
            #expect(outcome.code == code, "\(what): \(outcome)")
        }
        let result = try destination.unpack(archive + garbage.prefix(3))
        let digest = SHA256()
        digest.update(archive + garbage.prefix(3))
        #expect(result.diffID == digest.finish().description, "the digest covers what follows the end")
    }

    @Test func whatIsNoTarIsRefused() throws {
        let destination = try UnpackDestination()
        for text in ["\u{7f}ELF", "{\"schemaVersion\":2}", "\u{89}PNG\r\n", "<html>"] {
            let outcome = try destination.outcome(of: Array(text.utf8) + [UInt8](repeating: 0x41, count: 2_000))
            #expect(outcome.errorClass == .rejected)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var code: String
        var build: @Sendable (inout TarBuilder) -> Void
        var testDescription: String { what }

        init(_ what: String, _ code: String, _ build: @escaping @Sendable (inout TarBuilder) -> Void) {
            (self.what, self.code, self.build) = (what, code, build)
        }
    }

    private static let large = ByteString([UInt8](repeating: 0x61, count: 1 << 20))

    private static let headers: [Row] = [
        Row("size of PAX wins", "OK") {
            $0.extended([("size", "1024")])
            // CVE-2025-62518: with the size of the header these bytes would be members.
            $0.add("x", data: TarBuilder { $0.file("../smuggled") }.bytes + zeros(512), size: 0)
            $0.file("after")
        },
        Row("size twice: the last wins", "OK") {
            $0.extended([("size", "99999999"), ("size", "4")])
            $0.add("x", data: Array("text".utf8))
        },
        Row("size that is negative", "REJ") {
            $0.extended([("size", "-1")]); $0.file("x")
        },
        Row("size that is no number", "REJ") {
            $0.extended([("size", "")]); $0.file("x")
        },
        Row("size of more than there is", "REJ") { $0.add("x", size: 100_000) },
        Row("size of 8 GiB", "LIM") { $0.add("x", size: 1 << 33 - 1) },
        Row("size of 8 EiB", "LIM") {
            $0.extended([("size", "9223372036854775807")]); $0.file("x")
        },
        Row("an extended header of 1 MiB", "OK") {
            $0.extended([("comment", ByteString(large.bytes.dropLast(17)))])
            $0.file("x")
        },
        Row("an extended header of more", "LIM") {
            $0.extended([("comment", large)]); $0.file("x")
        },
        Row("an extended header that says 1 GiB", "LIM") { $0.add("x", type: "x", size: 1 << 30) },
        Row("two extended headers", "OK") {
            $0.extended([("uid", "9999999999")]); $0.extended([("uid", "")]); $0.file("x")
        },
        Row("extended headers that add up", "LIM") {
            for _ in 0..<3 { $0.extended([("comment", ByteString(large.bytes.prefix(400_000)))]) }
            $0.file("x")
        },
        Row("extended headers around a global one that add up", "LIM") {
            for _ in 0..<3 {
                $0.extended([("comment", ByteString(large.bytes.prefix(400_000)))])
                $0.extended([("comment", "x")], type: "g")
            }
            $0.file("x")
        },
        Row("an extended header for nobody", "REJ") {
            $0.file("x"); $0.extended([("path", "y")])
        },
        Row("a long name for nobody", "REJ") {
            $0.file("x"); $0.long("L", "y")
        },
        Row("a global header for nobody", "OK") {
            $0.file("x"); $0.extended([("comment", "y")], type: "g")
        },
        Row("a global time", "OK") {
            $0.extended([("mtime", "5"), ("comment", "c")], type: "g"); $0.file("x")
        },
        Row("a global path", "REJ") {
            $0.extended([("path", "y")], type: "g"); $0.file("x")
        },
        Row("a global size", "REJ") {
            $0.extended([("size", "0")], type: "g"); $0.file("x")
        },
        Row("a record without its end", "REJ") {
            $0.add("h", type: "x", data: Array("9 path=ab".utf8)); $0.file("x")
        },
        Row("a long name of more than 1 MiB", "LIM") {
            $0.long("L", large); $0.file("x")
        },
        Row("a long name without NUL", "REJ") {
            $0.add("l", type: "L", data: Array("name".utf8)); $0.file("x")
        },
        Row("an empty long name", "REJ") {
            $0.long("L", ""); $0.file("x")
        },
        Row("a long name and bytes after it", "REJ") {
            $0.add("l", type: "L", data: [0x61, 0, 0x62]); $0.file("x")
        },
        Row("a volume label", "OK+W") {
            $0.add("label", type: "V"); $0.file("x")
        },
        Row("a contiguous file", "OK") { $0.add("x", type: "7", data: [1]) },
        Row("a socket", "REJ") { $0.add("x", type: "s") },
        Row("a GNU directory dump", "REJ") { $0.add("x", type: "D") },
        Row("a character device 0:0", "REJ") { device(&$0, "3", "0000000", "0000000") },
        Row("a device number that is too large", "REJ") { device(&$0, "4", "0010000", "0000000") },
        Row("file flags", "OK") {
            $0.extended([("SCHILY.fflags", "schg")]); $0.file("x")
        },
        Row("an access list", "OK+W") {
            $0.extended([("SCHILY.acl.access", "user::rw-")]); $0.file("x")
        },
        Row("base64 of nothing we have", "OK+W") {
            $0.extended([("LIBARCHIVE.xattr.user.x", "!!!")]); $0.file("x")
        },
        Row("an attribute of the system", "OK+W") {
            $0.extended([("SCHILY.xattr.trusted.x", "1")]); $0.file("x")
        },
        Row("an attribute without a name", "REJ") {
            $0.extended([("SCHILY.xattr.", "1")]); $0.file("x")
        },
        Row("an attribute on a symbolic link", "OK+W") {
            $0.extended([("SCHILY.xattr.user.x", "1")])
            $0.symbolicLink("s", to: "t")
        },
        Row("too many attributes", "LIM") {
            $0.extended((0..<1_000).map { (ByteString("SCHILY.xattr.user.\($0)"), "1") })
            $0.file("x")
        },
        Row("a nested archive", "OK") { $0.add("inner.tar", data: TarBuilder { $0.file("../x") }.finished) },
    ]

    private static func device(_ builder: inout TarBuilder, _ type: Character, _ major: String, _ minor: String) {
        builder.add("dev", type: type) {
            TarBuilder.put(Array(major.utf8), at: 329, in: &$0)
            TarBuilder.put(Array(minor.utf8), at: 337, in: &$0)
        }
    }

    @Test(arguments: headers)
    func headersHaveThisOutcome(row: Row) throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome(.overlay, row.build)
        #expect(outcome.code == row.code, "\(outcome)")
        #expect(try destination.shell("find . -name smuggled") == "")
        try destination.expectNothingOutside()
    }

    @Test func theNameOfPAXWinsOverALongName() throws {
        for order in [true, false] {
            let destination = try UnpackDestination()
            let outcome = try destination.outcome {
                if order { $0.long("L", "gnu") }
                $0.extended([("path", "pax")])
                if !order { $0.long("L", "gnu") }
                $0.file("x")
                $0.file("plain")
            }
            #expect(outcome == .unpacked)
            #expect(try destination.shell("ls") == "pax\nplain\n")
        }
    }

    @Test func limitsAreThoseOfTheJob() throws {
        let destination = try UnpackDestination()
        var limits = Limits()
        limits.layerEntries = 3
        #expect(
            try destination.outcome(limits: limits) { for name in ["a", "b", "c"] { $0.file(ByteString(name)) } }
                == .unpacked)
        let four = try destination.outcome(limits: limits) {
            for name in ["a", "b", "c", "d"] { $0.file(ByteString(name)) }
        }
        #expect(four.errorClass == .limit)
        #expect(try destination.outcome(maximumBytes: 8) { $0.file("x", "12345678") }.errorClass == nil)
        let large = try destination.outcome(maximumBytes: 7) { $0.file("y", "12345678") }
        #expect(large == .failed(.limit, "y: the archive expands to more than 7 bytes"))
        #expect(try destination.shell("test ! -e y; echo $?") == "0\n")
    }

    @Test func aSparseMapIsCheckedBeforeAnythingIsWritten() throws {
        let maps: [(String, String, String)] = [
            ("0,4", "10", "OK"), ("6,4", "10", "OK"), ("0,2,8,2", "10", "OK"), ("0,4,10,0", "10", "OK"),
            ("0,5", "10", "REJ"), ("0,3", "10", "REJ"), ("8,4", "10", "REJ"), ("0,2,1,2", "10", "REJ"),
            ("6,2,0,2", "10", "REJ"), ("18446744073709551615,4", "10", "REJ"), ("0,4", "99999999999999", "LIM"),
        ]
        for (map, size, code) in maps {
            let destination = try UnpackDestination()
            let outcome = try destination.outcome {
                $0.extended([
                    ("GNU.sparse.map", ByteString(map)), ("GNU.sparse.size", ByteString(size)),
                    ("GNU.sparse.name", "s"),
                ])
                $0.file("x", "data")
            }
            #expect(outcome.code == code, "\(map) of \(size): \(outcome)")
        }
    }

    @Test func aSparseMapInTheDataIsBounded() throws {
        let destination = try UnpackDestination()
        let maps = [
            ("1\n0\n4\n", "OK"), ("0\n", "REJ"), ("2147483648\n0\n4\n", "LIM"), ("1\n0\n", "REJ"), ("-1\n", "REJ"),
            ("1\n0\n4", "REJ"), ("000000000000000000000000000001\n", "REJ"), ("x\n", "REJ"), ("1\n\n4\n", "REJ"),
        ]
        for (map, code) in maps {
            let outcome = try destination.outcome {
                $0.extended([
                    ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"),
                    ("GNU.sparse.realsize", "10"),
                ])
                let block = Array(map.utf8) + Self.zeros(512 - map.utf8.count)
                $0.add("x", data: block + Array("data".utf8))
            }
            #expect(outcome.code == code, "\(map): \(outcome)")
        }
    }

    @Test func anOldSparseHeaderIsBounded() throws {
        var limits = Limits()
        limits.sparseSegments = 100
        let maps: [([(String, String)], String)] = [
            ([("00000000000", "00000000004")], "OK"), ([("00000000005", "00000000004")], "OK"),
            ([("00000000010", "00000000004")], "REJ"), ([("-0000000001", "00000000004")], "REJ"),
            ([("00000000000", "00000000002"), ("00000000001", "00000000002")], "REJ"),
        ]
        for (map, code) in maps {
            let destination = try UnpackDestination()
            let outcome = try destination.outcome(limits: limits) { Self.addSparse(&$0, map, continues: 0) }
            #expect(outcome.code == code, "\(map): \(outcome)")
        }
        let outcome = try UnpackDestination().outcome(limits: limits) {
            Self.addSparse(&$0, [("00000000000", "00000000004")], continues: 1_000)
        }
        #expect(outcome.errorClass == .limit)
    }

    private static func addSparse(_ builder: inout TarBuilder, _ map: [(String, String)], continues: Int) {
        builder.add("s", type: "S", size: 4) { block in
            TarBuilder.put(Array("ustar  \u{0}".utf8), at: 257, in: &block)
            for (index, entry) in map.enumerated() {
                TarBuilder.put(Array(entry.0.utf8), at: 386 + 24 * index, in: &block)
                TarBuilder.put(Array(entry.1.utf8), at: 398 + 24 * index, in: &block)
            }
            block[482] = continues > 0 ? 1 : 0
            TarBuilder.put(Array("00000000011".utf8), at: 483, in: &block)
        }
        let entry = Array("00000000011\u{0}00000000000\u{0}".utf8)
        for number in 0..<continues {
            let block = [[UInt8]](repeating: entry, count: 21).flatMap(\.self)
            builder.append(raw: block + [number + 1 < continues ? 1 : 0] + zeros(7))
        }
        builder.append(padded: Array("data".utf8))
    }
}
