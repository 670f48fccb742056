import Diagnostics
import Testing

@testable import stacker

@Suite struct `SOURCE_DATE_EPOCH` {
    @Test(
        arguments: [
            (nil, nil), ("0", 0), ("1700000000", 1_700_000_000), ("9223372036854775807", Int64.max),
        ] as [(ByteString?, Int64?)])
    func `is a number of seconds`(_ text: ByteString?, _ seconds: Int64?) throws {
        #expect(try SourceDateEpoch.parse(text) == seconds)
    }

    @Test(
        arguments: [
            "", "-1", "+1", "1 ", " 1", "1e9", "0x10", "1.0", "007", "9223372036854775808",
            "1000000000000000000000000000000",
            "５", "1\n", "1_000", "x\u{1b}", ByteString([0x31, 0xff]),
        ] as [ByteString])
    func `is refused when it is anything else`(_ text: ByteString) {
        let failure = #expect(throws: Failure.self) { try SourceDateEpoch.parse(text) }
        #expect(failure?.description.hasPrefix("invalid SOURCE_DATE_EPOCH value \"\(text)\": ") == true)
        #expect(failure?.errorClass == .usage)
        #expect(failure?.exitCode == .failure)
    }
}
