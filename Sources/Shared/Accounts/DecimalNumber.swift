extension FixedWidthInteger {
    /// The number that these ASCII digits spell, and nothing else.
    ///
    /// No sign, blank, leading zero (but `0` itself) or digit of another script, which Swift's own parsers take; `nil`
    /// also where the value does not fit.
    public init?(decimal text: some Collection<UInt8>) {
        guard let first = text.first, first != UInt8(ascii: "0") || text.count == 1 else { return nil }
        var value: Self = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeToo) = shifted.addingReportingOverflow(Self(byte - UInt8(ascii: "0")))
            guard !tooLarge, !tooLargeToo else { return nil }
            value = sum
        }
        self = value
    }
}
