/// The form of time stamps in OCI documents.
///
/// Source: RFC 3339, section 5.6, `date-time`.
enum InternetTime {
    /// Whether the text has the form, with each field in its range; the length of the month is not looked at.
    static func isWellFormed(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard take(4, 0...9999, from: &rest), take(0x2d, from: &rest), take(2, 1...12, from: &rest),
            take(0x2d, from: &rest), take(2, 1...31, from: &rest), take(0x54, from: &rest),
            take(2, 0...23, from: &rest), take(0x3a, from: &rest), take(2, 0...59, from: &rest),
            take(0x3a, from: &rest), take(2, 0...60, from: &rest)
        else { return false }
        if take(0x2e, from: &rest) {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...12).contains(digits.count) else { return false }
            rest = rest.dropFirst(digits.count)
        }
        if take(0x5a, from: &rest) { return rest.isEmpty }
        guard take(0x2b, from: &rest) || take(0x2d, from: &rest) else { return false }
        return take(2, 0...23, from: &rest) && take(0x3a, from: &rest) && take(2, 0...59, from: &rest) && rest.isEmpty
    }

    /// Steps over one byte; `T` and `Z` may be lower case.
    private static func take(_ byte: UInt8, from rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first == byte || ((0x41...0x5a).contains(byte) && first == byte + 0x20) else {
            return false
        }
        rest = rest.dropFirst()
        return true
    }

    /// Steps over a number of exactly `count` digits.
    private static func take(_ count: Int, _ range: ClosedRange<Int>, from rest: inout ArraySlice<UInt8>) -> Bool {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        rest = rest.dropFirst(count)
        return range.contains(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
}
