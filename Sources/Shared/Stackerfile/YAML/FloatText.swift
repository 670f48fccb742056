/// The decimal text of floating-point numbers in a string field.
enum FloatText {
    /// The fewest digits that read back as `value`.
    ///
    /// From a million on, and below 0.0001, with an exponent of two digits at least: `1e+06`. That is how existing
    /// files have always been read, and labels made from them must not change.
    static func general(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        let sign = value.sign == .minus ? "-" : ""
        let (digits, exponent) = decompose("\(value.magnitude)")
        guard !digits.isEmpty else { return sign + "0" }
        if exponent < -4 || exponent >= 6 {
            let magnitude = String(exponent.magnitude)
            return sign + digits.prefix(1) + (digits.count > 1 ? "." + digits.dropFirst() : "")
                + (exponent < 0 ? "e-" : "e+") + (magnitude.count < 2 ? "0" : "") + magnitude
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let missing = exponent + 1 - digits.count
        if missing >= 0 { return sign + digits + String(repeating: "0", count: missing) }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    /// Splits Swift's own shortest text (`12.5`, `1e-07`) into its significant digits and the power of the first one.
    private static func decompose(_ text: String) -> (digits: String, exponent: Int) {
        let halves = text.split(separator: "e", maxSplits: 1)
        let parts = (halves.first ?? "").split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts.first ?? ""
        let fraction = parts.dropFirst().first ?? ""
        var exponent = (halves.dropFirst().first.flatMap { Int($0) } ?? 0) + whole.count - 1
        var digits = Substring(whole + fraction)
        while digits.first == "0" {
            digits = digits.dropFirst()
            exponent -= 1
        }
        while digits.last == "0" { digits = digits.dropLast() }
        return (String(digits), exponent)
    }
}
