import Testing

@testable import Builder

@Suite struct `A number of bytes` {
    @Test(
        arguments: [
            (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (1_999, "1.9 kB"),
            (999_999, "999.9 kB"), (12_345_678, "12.3 MB"), (64 << 30, "68.7 GB"), (.max, "18.4 EB"),
        ] as [(UInt64, String)])
    func `is shown with at most one digit after the point`(_ bytes: UInt64, _ text: String) {
        #expect(ByteCount(bytes).description == text)
    }
}
