import Diagnostics

/// A modification time: seconds since 1970, UTC, and nanoseconds after that second.
struct FileTime: Hashable, Sendable {
    var seconds: Int64
    /// 0 to 999 999 999, also for times before 1970.
    var nanoseconds: Int64

    static let epoch = FileTime(seconds: 0, nanoseconds: 0)

    init(seconds: Int64, nanoseconds: Int64) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// A header field; what no file system can store becomes the nearest that one can.
    init(clamping seconds: Int128) {
        self.init(seconds: Int64(clamping: seconds), nanoseconds: 0)
    }

    /// The `mtime` of an extended header: decimal seconds with an optional fraction, digits past nanoseconds ignored.
    ///
    /// - Returns: `nil` for anything else.
    init?(paxValue value: ByteString) {
        var rest = value.bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let whole = rest.prefix { $0 != UInt8(ascii: ".") }
        let fraction = rest.dropFirst(whole.count + 1)
        guard let magnitude = Self.seconds(whole), let nanoseconds = Self.nanoseconds(fraction) else { return nil }
        guard isNegative else {
            self.init(seconds: magnitude, nanoseconds: nanoseconds)
            return
        }
        // -1.25 s is 750 ms after second -2.
        self.init(
            seconds: nanoseconds == 0 ? -magnitude : -magnitude - 1,
            nanoseconds: nanoseconds == 0 ? 0 : 1_000_000_000 - nanoseconds)
    }

    /// Leading zeros are harmless here, and what is too large for a clock is clamped.
    private static func seconds(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        guard let value = TarNumber.decimal(digits.dropFirst(digits.prefix { $0 == UInt8(ascii: "0") }.count)) else {
            return digits.allSatisfy { $0 == UInt8(ascii: "0") } ? 0 : .max
        }
        return Int64(clamping: value)
    }

    private static func nanoseconds(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy(isDigit) else { return nil }
        var value: Int64 = 0
        var weight: Int64 = 100_000_000
        for digit in digits.prefix(9) {
            value += Int64(digit - UInt8(ascii: "0")) * weight
            weight /= 10
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
