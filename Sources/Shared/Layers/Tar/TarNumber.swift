/// Numbers as tar writes them.
///
/// Source: POSIX.1-2024, pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format".
enum TarNumber {
    /// A numeric header field: octal digits, or the base-256 form of GNU tar.
    ///
    /// Octal may be padded with spaces in front, and ends at the first space or NUL, after which only those follow; a
    /// field of nothing else is 0. Wide enough for every field, so the caller only has to check the range it wants.
    ///
    /// - Returns: `nil` for anything else.
    static func field(_ bytes: ArraySlice<UInt8>) -> Int128? {
        guard let first = bytes.first else { return nil }
        return first & 0x80 == 0 ? octal(bytes) : binary(bytes)
    }

    private static func octal(_ bytes: ArraySlice<UInt8>) -> Int128? {
        var value: Int128 = 0
        let digits = bytes.drop { $0 == UInt8(ascii: " ") }
        var rest = digits
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) {
            // Twelve digits at most: 36 bits.
            value = value << 3 | Int128(byte & 7)
            rest = rest.dropFirst()
        }
        guard rest.allSatisfy({ $0 == 0 || $0 == UInt8(ascii: " ") }) else { return nil }
        return value
    }

    /// Big-endian two's complement; the first byte holds the mark and no bits of the value but its sign.
    private static func binary(_ bytes: ArraySlice<UInt8>) -> Int128? {
        guard let first = bytes.first, first == 0x80 || first == 0xff, bytes.count <= 13 else { return nil }
        var value: Int128 = first == 0xff ? -1 : 0
        for byte in bytes.dropFirst() { value = value << 8 | Int128(byte) }
        return value
    }

    /// A decimal number of an extended header: digits only, no leading zero.
    static func decimal(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard let first = bytes.first, first != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (tens, tooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !tooBig, !overflow else { return nil }
            value = sum
        }
        return value
    }
}
