import Diagnostics
import Testing

@testable import Layers

@Suite struct PackedMemberTests {
    private static func file(_ path: ByteString, _ bytes: UInt64 = 0) -> PackedMember {
        PackedMember(path: path, kind: .file(bytes: bytes), mode: 0o644, userID: 0, groupID: 0, modified: 0)
    }

    private static func encoded(_ member: PackedMember) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try member.append(to: &bytes, extendedHeaderLimit: 1 << 20)
        #expect(bytes.count % 512 == 0)
        return bytes
    }

    /// A text field without the NULs behind it.
    private static func text(_ field: Range<Int>, of block: some Sequence<UInt8>) -> String {
        String(decoding: Array(block)[field].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The PAX records in front of a member, as they stand there; `nil` where there are none.
    private static func records(_ bytes: [UInt8]) throws -> String? {
        guard bytes[156] == UInt8(ascii: "x") else { return nil }
        let size = try #require(Int(text(124..<136, of: bytes), radix: 8))
        return String(decoding: bytes[512..<(512 + size)], as: UTF8.self)
    }

    @Test func everyFieldHasItsPlace() throws {
        let block = try Self.encoded(
            PackedMember(
                path: "usr/bin/su", kind: .file(bytes: 0o1234), mode: 0o104755, userID: 0o17, groupID: 0o42,
                modified: 0o7654321))
        try #require(block.count == 512)
        #expect(Self.text(0..<100, of: block) == "usr/bin/su")
        #expect(Self.text(100..<108, of: block) == "0004755")
        #expect(Self.text(108..<116, of: block) == "0000017")
        #expect(Self.text(116..<124, of: block) == "0000042")
        #expect(Self.text(124..<136, of: block) == "00000001234")
        #expect(Self.text(136..<148, of: block) == "00007654321")
        #expect(block[156] == UInt8(ascii: "0"))
        #expect(Array(block[257..<265]) == Array("ustar\u{0}00".utf8))
        #expect(block[265..<329].allSatisfy { $0 == 0 }, "no user or group names")
        let sum = block.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        #expect(
            Array(block[148..<156]) == Array((String(repeating: "0", count: 6) + String(sum, radix: 8)).utf8.suffix(6))
                + [0, 32])
    }

    struct Name: Sendable, CustomTestStringConvertible {
        var path: String
        var prefix: String
        var name: String
        var inRecord: Bool
        var testDescription: String { "\(path.utf8.count) bytes" }
    }

    private static func letters(_ count: Int) -> String { String(repeating: "n", count: count) }

    @Test(arguments: [
        Name(path: letters(100), prefix: "", name: letters(100), inRecord: false),
        Name(path: letters(99) + "/", prefix: "", name: letters(99) + "/", inRecord: false),
        Name(path: letters(101), prefix: "", name: letters(100), inRecord: true),
        Name(path: letters(100) + "/", prefix: "", name: letters(100), inRecord: true),
        Name(path: letters(155) + "/" + letters(100), prefix: letters(155), name: letters(100), inRecord: false),
        Name(path: letters(156) + "/" + letters(99), prefix: "", name: letters(100), inRecord: true),
        Name(path: letters(155) + "/" + letters(101), prefix: "", name: letters(100), inRecord: true),
        Name(path: "a/" + letters(100), prefix: "a", name: letters(100), inRecord: false),
        Name(path: "/" + letters(100), prefix: "", name: "/" + letters(99), inRecord: true),
        Name(path: "a/b/" + letters(98), prefix: "a", name: "b/" + letters(98), inRecord: false),
    ])
    func aLongNameIsSplitWhereItCanBeAndRecordedOtherwise(_ row: Name) throws {
        let bytes = try Self.encoded(Self.file(ByteString(row.path)))
        let block = bytes.suffix(512)
        #expect(Self.text(0..<100, of: block) == row.name)
        #expect(Self.text(345..<500, of: block) == row.prefix)
        let records = try Self.records(bytes)
        #expect((records?.contains(" path=\(row.path)\n") ?? false) == row.inRecord)
    }

    @Test func bytesThatAreNotASCIIStandInTheHeaderAsTheyAre() throws {
        let bytes = try Self.encoded(Self.file(ByteString([0x61, 0xff, 0x0a, 0xc3, 0xa4])))
        #expect(bytes.count == 512)
        #expect(Array(bytes[..<6]) == [0x61, 0xff, 0x0a, 0xc3, 0xa4, 0])
    }

    @Test func anExtendedHeaderSaysNothingOfTheMachine() throws {
        let bytes = try Self.encoded(Self.file(ByteString("dir/\u{e4} x" + Self.letters(200))))
        #expect(Self.text(0..<100, of: bytes) == "PaxHeaders.0/x" + Self.letters(86))
        #expect(Self.text(100..<108, of: bytes) == "0000644")
        #expect(Self.text(136..<148, of: bytes) == "00000000000")
    }

    @Test(
        arguments: [
            (65_535, "0177777", nil), (0o7777777, "7777777", nil),
            (0o10000000, "0000000", "15 uid=2097152\n"), (UInt32.max, "0000000", "18 uid=4294967295\n"),
        ] as [(UInt32, String, String?)])
    func aUserIDPastSevenDigitsIsRecorded(_ id: UInt32, _ field: String, _ record: String?) throws {
        var member = Self.file("f")
        member.userID = id
        let bytes = try Self.encoded(member)
        #expect(try Self.records(bytes) == record)
        #expect(Self.text(108..<116, of: bytes.suffix(512)) == field)
    }

    @Test(
        arguments: [
            (8_589_934_591, nil), (8_589_934_592, "19 size=8589934592\n"),
            (UInt64(Int64.max), "28 size=9223372036854775807\n"),
        ] as [(UInt64, String?)])
    func aSizePastElevenDigitsIsRecorded(_ size: UInt64, _ record: String?) throws {
        #expect(try Self.records(Self.encoded(Self.file("f", size))) == record)
    }

    @Test(
        arguments: [
            (0, nil), (8_589_934_591, nil), (8_589_934_592, "20 mtime=8589934592\n"), (-1, "12 mtime=-1\n"),
            (Int64.min, "30 mtime=-9223372036854775808\n"),
        ] as [(Int64, String?)])
    func aTimeBefore1970OrAfter2242IsRecorded(_ time: Int64, _ record: String?) throws {
        var member = Self.file("f")
        member.modified = time
        #expect(try Self.records(Self.encoded(member)) == record)
    }

    @Test func recordsStandInOrderOfTheirKeywords() throws {
        var member = Self.file("f")
        member.userID = .max
        member.modified = -5
        member.attributes = [
            ExtendedAttribute(name: "user.b", value: ByteString([0, 10, 61])),
            ExtendedAttribute(name: "user.a", value: ByteString([1])),
        ]
        let records = try #require(try Self.records(Self.encoded(member)))
        #expect(
            records == "25 SCHILY.xattr.user.a=\u{1}\n27 SCHILY.xattr.user.b=\u{0}\n=\n12 mtime=-5\n18 uid=4294967295\n"
        )
    }

    @Test(arguments: [(88, 98), (89, 99), (90, 101), (91, 102), (986, 997), (988, 999), (989, 1001)])
    func aRecordCountsItsOwnDigits(_ value: Int, _ length: Int) {
        var records = PAXRecords()
        records.add("path1", [UInt8](repeating: 0x61, count: value))
        let encoded = records.encoded()
        #expect(encoded.count == length)
        #expect(String(decoding: encoded, as: UTF8.self).hasPrefix("\(length) path1=a"))
    }

    @Test func linksAndDevicesSayWhereTheyLead() throws {
        var member = Self.file("l")
        member.kind = .symbolicLink(to: "../x")
        #expect(try Self.text(157..<257, of: Self.encoded(member)) == "../x")
        member.kind = .hardLink(to: ByteString(Self.letters(101)))
        #expect(try Self.records(Self.encoded(member)) == "115 linkpath=\(Self.letters(101))\n")
        member.kind = .characterDevice(major: 4, minor: 0o777777)
        #expect(try Self.text(329..<337, of: Self.encoded(member)) == "0000004")
        #expect(try Self.text(337..<345, of: Self.encoded(member)) == "0777777")
    }

    @Test func anExtendedHeaderPastTheLimitNamesTheFile() throws {
        var member = Self.file("etc/x")
        member.attributes = [ExtendedAttribute(name: "user.a", value: ByteString([UInt8](repeating: 1, count: 2_000)))]
        var bytes: [UInt8] = []
        let failure = try #require(throws: Failure.self) { try member.append(to: &bytes, extendedHeaderLimit: 1_024) }
        #expect(failure.summary.contains("etc/x"))
        #expect(failure.errorClass == .limit)
    }
}
