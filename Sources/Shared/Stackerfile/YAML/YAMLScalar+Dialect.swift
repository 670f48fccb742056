import Diagnostics

extension YAMLScalar.Value {
    /// What an unquoted scalar means in stacker.yaml.
    ///
    /// YAML 1.1 words and octal numbers; underscores are allowed in numbers; dates and base-60 numbers are strings.
    /// Source: yaml.org/type, bool, null, int, float; `0o` of YAML 1.2, 10.3.2.
    init(plain text: ByteString) {
        // Longer than any number that fits, so that a plain scalar of megabytes is not copied to find out.
        guard text.count <= 400, let word = text.utf8Text else {
            self = .string
            return
        }
        if let known = Self.words[word] {
            self = known
            return
        }
        guard let first = text.bytes.first, first == 0x2b || first == 0x2d || first == 0x2e || Self.isDigit(first)
        else {
            self = .string
            return
        }
        let digits = text.bytes.filter { $0 != 0x5f }
        self = Self.integer(digits) ?? Self.float(digits) ?? .string
    }

    private static let words: [String: Self] = {
        var words: [String: Self] = [:]
        for word in ["", "~", "null", "Null", "NULL"] { words[word] = .null }
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
            words[word] = .boolean(true)
        }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            words[word] = .boolean(false)
        }
        for word in [".nan", ".NaN", ".NAN"] { words[word] = .float(.nan) }
        for word in [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"] { words[word] = .float(.infinity) }
        for word in ["-.inf", "-.Inf", "-.INF"] { words[word] = .float(-.infinity) }
        return words
    }()

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// A sign, a prefix that names the base, digits; the base is 8 after a leading zero.
    private static func integer(_ bytes: [UInt8]) -> Self? {
        let isNegative = bytes.first == 0x2d
        var digits = bytes[...]
        if isNegative || digits.first == 0x2b { digits = digits.dropFirst() }
        var base: UInt64 = 10
        if digits.first == 0x30, let second = digits.dropFirst().first {
            switch second {
            case 0x78, 0x58: (base, digits) = (16, digits.dropFirst(2))
            case 0x6f, 0x4f: (base, digits) = (8, digits.dropFirst(2))
            case 0x62, 0x42: (base, digits) = (2, digits.dropFirst(2))
            default: (base, digits) = (8, digits.dropFirst())
            }
        }
        guard let magnitude = magnitude(digits, base: base) else { return nil }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
        }
        return Int64(exactly: magnitude).map(Self.integer) ?? .unsigned(magnitude)
    }

    /// - Returns: `nil` for no digits, foreign digits, or a number past 64 bits.
    private static func magnitude(_ digits: ArraySlice<UInt8>, base: UInt64) -> UInt64? {
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte - 0x30)
            case 0x41...0x46: digit = UInt64(byte - 0x41) + 10
            case 0x61...0x66: digit = UInt64(byte - 0x61) + 10
            default: return nil
            }
            let (scaled, isTooLarge) = value.multipliedReportingOverflow(by: base)
            let (sum, isTooLargeToo) = scaled.addingReportingOverflow(digit)
            guard digit < base, !isTooLarge, !isTooLargeToo else { return nil }
            value = sum
        }
        return value
    }

    /// Digits with one point at most, then an exponent; `nan`, `inf` and hexadecimal floats are not taken.
    private static func float(_ bytes: [UInt8]) -> Self? {
        var rest = bytes[...]
        if rest.first == 0x2b || rest.first == 0x2d { rest = rest.dropFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == 0x2e {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count + 1)
        }
        guard !(whole.isEmpty && fraction.isEmpty) else { return nil }
        if rest.first == 0x65 || rest.first == 0x45 {
            rest = rest.dropFirst()
            if rest.first == 0x2b || rest.first == 0x2d { rest = rest.dropFirst() }
            guard !rest.isEmpty else { return nil }
            rest = rest.drop(while: isDigit)
        }
        guard rest.isEmpty, let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return .float(value)
    }
}
