/// The records of a PAX extended header.
///
/// Source: pax(1), POSIX.1-2017, "pax Extended Header".
struct PAXRecords {
    private var records: [(keyword: [UInt8], value: [UInt8])] = []

    var isEmpty: Bool { records.isEmpty }

    mutating func add(_ keyword: StaticString, _ value: [UInt8]) {
        add(keyword: Array("\(keyword)".utf8), value)
    }

    /// A keyword must not hold `=`, which ends it.
    mutating func add(keyword: [UInt8], _ value: [UInt8]) { records.append((keyword, value)) }

    /// All records, in bytewise order of their keywords.
    func encoded() -> [UInt8] {
        records.sorted { $0.keyword.lexicographicallyPrecedes($1.keyword) }.reduce(into: []) {
            Self.append($1.keyword, $1.value, to: &$0)
        }
    }

    /// `LENGTH KEYWORD=VALUE\n`, where the length counts its own digits.
    private static func append(_ keyword: [UInt8], _ value: [UInt8], to bytes: inout [UInt8]) {
        let rest = keyword.count + value.count + 3
        var length = rest + 1
        while rest + decimalDigits(length) != length { length = rest + decimalDigits(length) }
        bytes += Array(String(length).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes += keyword
        bytes.append(UInt8(ascii: "="))
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func decimalDigits(_ value: Int) -> Int { String(value).utf8.count }
}
