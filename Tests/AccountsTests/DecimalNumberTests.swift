import Testing

@testable import Accounts

@Suite struct `A decimal number` {
    @Test(arguments: [("0", 0), ("7", 7), ("100000", 100_000), ("4294967295", UInt32.max)])
    func `is read`(_ text: String, _ value: UInt32) {
        #expect(UInt32(decimal: text.utf8) == value)
    }

    @Test(arguments: [
        "", "+5", "-0", "-1", "007", "00", "0x10", " 5", "5 ", "5\r", "５", "4294967296", "99999999999999999999999999",
        "1e3", "1_000",
    ])
    func `is nothing but digits that fit`(_ text: String) {
        #expect(UInt32(decimal: text.utf8) == nil)
    }
}
