import Digests
import Diagnostics

/// The one spelling of some named values, so that equal bytes mean equal values.
///
/// Every name and every value stands behind its length, so nothing can be read as the end of one and the beginning of
/// the next. A value that is not there differs from an empty one, and a list from its elements joined.
struct CanonicalBytes: Sendable {
    private(set) var bytes: [UInt8] = []

    /// - Parameter kind: What is described, so that values of two kinds never have the same bytes.
    init(_ kind: String) { append(Array(kind.utf8)) }

    mutating func add(_ name: String, _ values: [[UInt8]]) {
        append(Array(name.utf8))
        append(UInt64(values.count))
        for value in values { append(value) }
    }

    mutating func add(_ name: String, _ value: String?) { add(name, value.map { [Array($0.utf8)] } ?? []) }

    mutating func add(_ name: String, _ value: ByteString?) { add(name, value.map { [$0.bytes] } ?? []) }

    mutating func add(_ name: String, _ value: Int64?) { add(name, value.map { String($0) }) }

    /// Of a list that may be missing as a whole.
    mutating func add(_ name: String, optional values: [String]?) {
        add("\(name) is there", values == nil ? nil : "")
        add(name, (values ?? []).map { Array($0.utf8) })
    }

    mutating func add(_ name: String, _ values: [String]) { add(name, values.map { Array($0.utf8) }) }

    var digest: Digest { Digest(of: bytes) }

    private mutating func append(_ value: [UInt8]) {
        append(UInt64(value.count))
        bytes += value
    }

    private mutating func append(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
