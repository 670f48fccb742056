import Diagnostics
import Testing

@testable import Accounts

@Suite struct `The table of subordinate ids` {
    private func ranges(_ text: String, of name: ByteString? = "alice", uid: UInt32 = 1001) -> [String] {
        SubordinateTable(parsing: Array(text.utf8)).ranges(forUser: name, uid: uid).map { "\($0.start)+\($0.count)" }
    }

    @Test(arguments: [
        ("alice:524288:65536\n", ["524288+65536"]),
        ("alice:524288:65536", ["524288+65536"]),
        ("bob:1:2\nalice:524288:65536\n1001:700000:10\n", ["524288+65536", "700000+10"]),
        ("alice:900000:1\nalice:100000:1\n", ["900000+1", "100000+1"]),
        ("alice:4294967295:1\n", ["4294967295+1"]),
        ("alice:0:4294967295\n", ["0+4294967295"]),
    ])
    func `gives an account its entries, by name and by uid, in order`(_ text: String, _ expected: [String]) {
        #expect(ranges(text) == expected)
    }

    @Test(arguments: [
        "", "\n\n", "# alice:524288:65536\n", "#alice:524288:65536\n", "+alice:524288:65536\n",
        "alice:524288:65536\r\n", "alice:524288:65536\r\nbob:1:1\r\n", "alice\r:524288:65536\n",
        "alice:524288\n", "alice:524288:\n", "alice::65536\n", ":524288:65536\n", "alice:524288:65536:9\n",
        "alice:+524288:65536\n", "alice:0524288:65536\n", "alice:0x80000:65536\n", "alice: 524288:65536\n",
        "alice:４:65536\n", "alice:-1:65536\n", "alice:524288:0\n",
        "alice:4294967296:1\n", "alice:1:4294967296\n", "alice:4294967295:2\n", "alice:4294901760:65537\n",
        "alice:99999999999999999999:99999999999999999999\n", "ALICE:524288:65536\n", "alice2:524288:65536\n",
        "10010:524288:65536\n", "01001:524288:65536\n", "alice\0:524288:65536\n", "alice\u{301}:524288:65536\n",
    ])
    func `gives nothing for a line that newuidmap would not take`(_ text: String) {
        #expect(ranges(text) == [])
    }

    @Test func `skips a line that is too long for shadow's buffer`() {
        let long = String(repeating: "x", count: 1_100)
        #expect(ranges("\(long):524288:65536\n", of: ByteString(long)) == [])
    }

    @Test func `knows the lines that are no entries`() {
        let table = SubordinateTable(
            parsing: Array("alice:1:2\n\n# comment\nalice:1:2\r\nalice:9:0\nx\n+nis\nalice:3:4:5".utf8))
        #expect(table.malformedLines == [4, 6, 8])
    }

    /// What shadow 4.13 reads differently, or not at all, could still be somebody's.
    @Test(
        arguments: [
            ("a:01000000:65536", "262144-327679"), ("a:0x100000:65536", "1048576-1114111"),
            ("a:0X100000:0x10", "1048576-1048591"), ("a:+5000000: 65536", "5000000-5065535"),
            ("a:3000000:65536:9", "3000000-3065535"), ("a:4000000:65536\r", "4000000-4065535"),
            (":1:2", "1-2"), ("a:4294967290:100", "4294967290-4294967294"),
            ("a:-1:5", nil), ("a:x:5", nil), ("a:1", nil), ("a:1:0", nil), ("a:4294967295:9", nil),
            ("a:09:5", nil), ("a::", nil),
        ] as [(String, String?)])
    func `claims the range of a malformed line`(_ line: String, _ expected: String?) {
        let table = SubordinateTable(parsing: Array(line.utf8))
        #expect(table.entries == [])
        #expect(table.claimed.map(\.description) == [expected].compactMap(\.self))
    }

    @Test func `matches an account without a name by uid alone`() {
        #expect(ranges("alice:1:2\n1001:3:4\n", of: nil) == ["3+4"])
    }

    @Test func `compares names as bytes`() {
        #expect(ranges("e\u{301}:1:2\n", of: "\u{e9}") == [])
    }

    @Test func `survives any bytes`() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("alice:0123456789\n\r\0#+- \u{e9}".utf8)
        for _ in 0..<500 {
            let bytes = (0..<200).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let table = SubordinateTable(parsing: bytes)
            #expect(table.entries.allSatisfy { $0.range.ids.upperBound <= 1 << 32 && $0.range.count > 0 })
        }
    }
}

@Suite struct `The source of subordinate ids` {
    @Test(arguments: [
        ("", SubordinateIDSource.files),
        ("passwd: files\n", .files),
        ("subid: files\n", .files),
        ("subid: sss\n", .service("sss")),
        ("SubID:\tsss files\n", .service("sss")),
        ("subid:sss\n", .service("sss")),
        (" subid: sss\n", .files),
        ("#subid: sss\n", .files),
        ("subid:\nsubid: sss\n", .service("sss")),
        ("subid: files\nsubid: sss\n", .files),
        ("subid: files\r\n", .service("files\r")),
        ("subuid: sss\n", .files),
    ])
    func `is the first word after subid:`(_ text: String, _ source: SubordinateIDSource) {
        #expect(SubordinateIDSource(parsing: Array(text.utf8)) == source)
    }
}

@Suite struct `The answer of getsubids` {
    @Test(arguments: [
        ("", []),
        ("0: alice 524288 65536\n", ["524288-589823"]),
        ("0: alice 524288 65536\n1: 1001 700000 10\n", ["524288-589823", "700000-700009"]),
        ("0: DOM\\john doe 524288 65536\n", ["524288-589823"]),
        ("0: alice 524288 0\n", []),
    ])
    func `is a list of ranges`(_ text: String, _ expected: [String]) {
        #expect(SubordinateIDs.ranges(parsing: Array(text.utf8))?.map(\.description) == expected)
    }

    @Test(arguments: [
        "Error fetching ranges\n", "0: alice 524288\n", "0 alice 524288 65536\n", "0: alice 524288 65536\r\n",
        "0: alice -1 65536\n", "0: alice 4294967295 2\n", "0: alice 524288 65536 \n", "x: alice 1 1\n",
    ])
    func `is refused when it is anything else`(_ text: String) {
        #expect(SubordinateIDs.ranges(parsing: Array(text.utf8)) == nil)
    }
}
