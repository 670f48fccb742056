public import Diagnostics

/// Reads JSON that two readers cannot understand differently.
///
/// Readers differ over names that occur twice, or that differ in case only, over numbers with a fraction, byte order
/// marks, trailing commas and what follows the value; an image that a scanner and a builder read differently is an
/// attack (CVE-2021-41190, CVE-2014-8179). All of that is refused here.
///
/// Source: RFC 8259; RFC 7493 (I-JSON), section 2.
public enum StrictJSON {
    /// The value that `bytes` spell.
    public static func parse(_ bytes: [UInt8], limits: Limits) throws(InvalidDocument) -> JSONValue {
        guard bytes.count <= limits.jsonBytes else {
            throw InvalidDocument("", "longer than \(limits.jsonBytes) bytes", class: .limit)
        }
        var parser = JSONParser(bytes, depthLimit: limits.jsonDepth)
        return try parser.document()
    }
}
