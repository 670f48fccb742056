import Diagnostics

/// One `LENGTH KEY=VALUE\n` of an extended header.
///
/// Source: POSIX.1-2024, pax, "pax Extended Header".
struct PAXRecord: Hashable, Sendable {
    var key: ByteString
    var value: ByteString

    /// All records of one extended header, in order.
    static func parse(_ bytes: [UInt8]) throws(InvalidArchive) -> [PAXRecord] {
        var records: [PAXRecord] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0 != UInt8(ascii: " ") }
            guard digits.count < 10, let length = TarNumber.decimal(digits), length <= rest.count,
                length > digits.count
            else { throw .rejected("an extended header record has a wrong length") }
            let record = rest.prefix(Int(length))
            records.append(try PAXRecord(body: record.dropFirst(digits.count + 1)))
            rest = rest.dropFirst(Int(length))
        }
        return records
    }

    /// `KEY=VALUE\n`.
    private init(body: ArraySlice<UInt8>) throws(InvalidArchive) {
        guard body.last == UInt8(ascii: "\n") else {
            throw .rejected("an extended header record does not end in a line break")
        }
        let key = body.prefix { $0 != UInt8(ascii: "=") }
        guard key.count < body.count else { throw .rejected("an extended header record has no \"=\"") }
        guard !key.isEmpty, !key.contains(0) else { throw .rejected("an extended header record has a bad key") }
        self.key = ByteString(Array(key))
        value = ByteString(Array(body.dropFirst(key.count + 1).dropLast()))
    }
}
