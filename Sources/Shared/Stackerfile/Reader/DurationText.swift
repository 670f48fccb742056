public import Diagnostics

/// Durations as people write them: `30s`, `1m30s`, `1.5h`, `100ms`.
public enum DurationText {
    /// Nanoseconds; `nil` for text that is no duration, and for one that is negative or longer than 292 years.
    ///
    /// Source: Go's time.ParseDuration, whose words Docker takes, without a sign.
    public static func nanoseconds(_ text: ByteString) -> Int64? {
        if text == "0" { return 0 }
        guard !text.isEmpty else { return nil }
        var total: Int64 = 0
        var rest = text.bytes[...]
        while !rest.isEmpty {
            guard let part = part(&rest) else { return nil }
            let (sum, isTooLarge) = total.addingReportingOverflow(part)
            guard !isTooLarge else { return nil }
            total = sum
        }
        return total
    }

    /// One number and its unit.
    private static func part(_ rest: inout ArraySlice<UInt8>) -> Int64? {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == 0x2e {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
        let word = rest.prefix { !isDigit($0) && $0 != 0x2e }
        rest = rest.dropFirst(word.count)
        guard let unit = units.first(where: { $0.name.utf8.elementsEqual(word) })?.nanoseconds else { return nil }
        var value: Int64 = 0
        for digit in whole {
            let (scaled, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = scaled.addingReportingOverflow(Int64(digit - 0x30))
            guard !isTooLarge, !isTooLargeToo else { return nil }
            value = sum
        }
        let (nanoseconds, isTooLarge) = value.multipliedReportingOverflow(by: unit)
        let (sum, isTooLargeToo) = nanoseconds.addingReportingOverflow(part(fraction, of: unit))
        return isTooLarge || isTooLargeToo ? nil : sum
    }

    /// What digits after a point are worth: less than one unit.
    private static func part(_ fraction: ArraySlice<UInt8>, of unit: Int64) -> Int64 {
        var (value, step) = (Int64(0), unit)
        // A unit has 13 decimal digits at most: what comes after is worth less than a nanosecond.
        for digit in fraction.prefix(13) {
            // In whole steps, so that 0.5h is exact, as all that people write is.
            value += step / 10 * Int64(digit - 0x30) + step % 10 * Int64(digit - 0x30) / 10
            step /= 10
        }
        return value
    }

    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("\u{b5}s", 1_000), ("\u{3bc}s", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]
}
