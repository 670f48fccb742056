import Diagnostics
import TestSupport
import Testing

@testable import Layers

@Suite struct PAXRecordTests {
    @Test func readsRecordsInOrderByteForByte() throws {
        let bytes = TarBuilder.record("path", "a\u{0}=\n\u{301}") + TarBuilder.record("SCHILY.xattr.user.x", "")
        let records = try PAXRecord.parse(bytes)
        #expect(records.map(\.key) == ["path", "SCHILY.xattr.user.x"])
        #expect(records.map(\.value) == ["a\u{0}=\n\u{301}", ""])
    }

    @Test(arguments: [
        "6 a=b", "5 a=b\n", "7 a=b\n", "06 a=b\n", "+6 a=b\n", " 6 a=b\n", "6a=b\n", "99 a=b\n", "6 ab \n", "6 a=bc",
        "0 a=b\n", "1\n", "2 \n", "6 a=b\n\u{0}", "6 a=b\n6", "4 =\n", "5 =b\n", "99999999999999999999 a=b\n", "= a\n",
        "7 a\u{0}=b\n", "x", "-6 a=b\n",
    ])
    func aMalformedRecordIsRefused(text: String) {
        #expect(throws: InvalidArchive.self) { try PAXRecord.parse(Array(text.utf8)) }
    }

    @Test func everyCutIsRefused() {
        let bytes = TarBuilder.record("path", "some/name")
        for length in 1..<bytes.count {
            #expect(throws: InvalidArchive.self, "\(length) bytes") { try PAXRecord.parse(Array(bytes.prefix(length))) }
        }
    }

    @Test(
        arguments: [
            "path", "linkpath", "size", "GNU.sparse.name", "GNU.sparse.size", "SCHILY.xattr.user.x",
        ] as [ByteString])
    func aGlobalHeaderSetsNothingThatHidesAMember(key: ByteString) throws {
        let records = try PAXRecord.parse(TarBuilder.record(key, "1"))
        var globals = PAXAttributes.none
        #expect(throws: InvalidArchive.self) { try globals.addGlobal(records, limits: Limits()) }
    }

    @Test func theLastRecordWinsAndAnEmptyOneTakesBack() throws {
        let bytes = ["7", "8", ""].flatMap { TarBuilder.record("uid", $0) } + TarBuilder.record("gid", "9")
        let attributes = try PAXAttributes(
            try PAXRecord.parse(bytes + TarBuilder.record("mtime", "1.5")), defaults: .none, limits: Limits())
        #expect(attributes.userID == nil)
        #expect(attributes.groupID == 9)
        #expect(attributes.modified == FileTime(seconds: 1, nanoseconds: 500_000_000))
    }

    @Test func namesOfAttributesAreBytesThatNeedNotBeText() throws {
        let key = ByteString(Array("SCHILY.xattr.user.".utf8) + [0xff, 0xc3, 0x28])
        let records = try PAXRecord.parse(TarBuilder.record(key, "1"))
        let attributes = try PAXAttributes(records, defaults: .none, limits: Limits())
        #expect(attributes.extendedAttributes.map(\.name) == [ByteString(key.bytes.dropFirst(13))])
        var globals = PAXAttributes.none
        #expect(throws: InvalidArchive.self) { try globals.addGlobal(records, limits: Limits()) }
    }

    @Test(
        arguments: [
            [("major", "1"), ("minor", "0")], [("size", "9"), ("offset", "1")], [("size", "9"), ("numbytes", "1")],
            [("size", "9"), ("map", "0,1,2")], [("size", "9"), ("map", "0,-1")],
            [("size", "9"), ("map", "0,1"), ("numblocks", "2")],
            [("size", "9"), ("major", "2")], [("realsize", "9"), ("major", "1"), ("map", "0,1")],
            [("size", "9"), ("odd", "1")],
        ] as [[(String, String)]])
    func aSparseMapThatMakesNoSenseIsRefused(records: [(String, String)]) throws {
        let bytes = records.flatMap { TarBuilder.record(ByteString("GNU.sparse.\($0.0)"), ByteString($0.1)) }
        let parsed = try PAXRecord.parse(bytes)
        #expect(throws: InvalidArchive.self) { try PAXAttributes(parsed, defaults: .none, limits: Limits()) }
    }
}
