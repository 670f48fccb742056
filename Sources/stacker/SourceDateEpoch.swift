import Diagnostics

/// Reads SOURCE_DATE_EPOCH: seconds since 1970, UTC, in plain decimal.
///
/// Source: reproducible-builds.org, "SOURCE_DATE_EPOCH specification", 1.0.
enum SourceDateEpoch {
    /// The value, or `nil` where the variable is not set.
    ///
    /// A sign, a space, a leading zero or another script's digits are errors: a value that tools read differently is
    /// worth less than none.
    static func parse(_ value: ByteString?) throws(Failure) -> Int64? {
        guard let value else { return nil }
        let digits = value.bytes
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw invalid(value, "not a whole number of seconds since 1970")
        }
        guard digits == [UInt8(ascii: "0")] || digits.first != UInt8(ascii: "0") else {
            throw invalid(value, "begins with a zero")
        }
        guard let text = value.utf8Text, let seconds = Int64(text) else { throw invalid(value, "too large") }
        return seconds
    }

    private static func invalid(_ value: ByteString, _ reason: String) -> Failure {
        Failure("invalid SOURCE_DATE_EPOCH value \"\(value)\"", causes: [reason], class: .usage)
    }
}
