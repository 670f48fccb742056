import Diagnostics
import Testing

@testable import Layers

@Suite struct TarNumberTests {
    @Test(arguments: [
        ("0000644\u{0}", 0o644), ("   644 \u{0}", 0o644), ("644\u{0}\u{0}\u{0}\u{0}\u{0}", 0o644),
        ("644 \u{0} \u{0}", 0o644),
        ("77777777", 0o77777777), ("777777777777", 0o777777777777), ("\u{0}\u{0}\u{0}", 0), ("        ", 0), ("0", 0),
    ])
    func readsOctal(field: String, value: Int) {
        #expect(TarNumber.field(Array(field.utf8)[...]) == Int128(value))
    }

    @Test(arguments: [
        "+12\u{0}", "-1\u{0}", "0x10\u{0}", "12a\u{0}", "8\u{0}", "1 2\u{0}", "1\u{0}2", "\u{0}12", "1,2", "\t12", "",
    ])
    func refusesEverythingElse(field: String) {
        #expect(TarNumber.field(Array(field.utf8)[...]) == nil)
    }

    private static let base256: [([UInt8], Int128)] = [
        ([0x80, 0, 0, 1], 1), ([0x80, 0xff, 0xff], 0xffff), ([0xff, 0xff, 0xff], -1), ([0xff, 0x00], -256),
        ([0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], Int128(UInt64.max)),
        ([0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Int128(1) << 80),
    ]

    @Test(arguments: base256)
    func readsBase256(field: [UInt8], value: Int128) {
        #expect(TarNumber.field(field[...]) == value)
    }

    @Test(arguments: [[0x81, 0], [0xc0, 1], [0xfe, 1], [0x80, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]] as [[UInt8]])
    func refusesOtherMarksOfBase256(field: [UInt8]) {
        #expect(TarNumber.field(field[...]) == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("18446744073709551615", .max), ("18446744073709551616", nil), ("007", nil), ("", nil),
            ("+5", nil), (" 5", nil), ("５", nil), ("1e3", nil), ("99999999999999999999999", nil),
        ] as [(String, UInt64?)])
    func readsStrictDecimals(text: String, value: UInt64?) {
        #expect(TarNumber.decimal(Array(text.utf8)) == value)
    }

    @Test(
        arguments: [
            ("0", 0, 0), ("1.5", 1, 500_000_000), ("-1", -1, 0), ("-1.25", -2, 750_000_000), ("-0.5", -1, 500_000_000),
            ("1234567890.123456789999999999999999999999", 1_234_567_890, 123_456_789), ("8589934592", 8_589_934_592, 0),
            ("7.", 7, 0), ("9223372036854775808", .max, 0), ("99999999999999999999999999.5", .max, 500_000_000),
            ("-99999999999999999999", -.max, 0), ("000001.10", 1, 100_000_000),
        ] as [(String, Int64, Int64)])
    func readsTimesAndClampsThem(text: String, seconds: Int64, nanoseconds: Int64) {
        #expect(FileTime(paxValue: ByteString(text)) == FileTime(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: ["", "-", ".5", "1.2.3", "NaN", "inf", "1e400", "0x10", "+1", " 1", "1 ", "--1", "1.-5"])
    func refusesTimesThatAreNoNumber(text: String) {
        #expect(FileTime(paxValue: ByteString(text)) == nil)
    }
}
