import Diagnostics

/// Reads a number of bytes, such as that of `--keep-storage`.
enum StorageSize {
    /// `1000`, `20M`, `3GiB`: units are powers of 1024.
    static func parse(_ text: String) throws(Failure) -> UInt64 {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let unit = String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self)
        guard let number = UInt64(String(decoding: digits, as: UTF8.self)), let factor = factor(unit),
            case let (bytes, overflow) = number.multipliedReportingOverflow(by: factor), !overflow
        else {
            throw Failure(
                "bad size \(ByteString(text))", hint: "write a number of bytes, or one with K, M, G or T, such as 20G",
                class: .usage)
        }
        return bytes
    }

    private static func factor(_ unit: String) -> UInt64? {
        switch unit.lowercased() {
        case "", "b": 1
        case "k", "kb", "kib": 1 << 10
        case "m", "mb", "mib": 1 << 20
        case "g", "gb", "gib": 1 << 30
        case "t", "tb", "tib": 1 << 40
        default: nil
        }
    }
}
