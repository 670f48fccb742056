/// A number of bytes for people: at most four digits, in powers of 1000.
public struct ByteCount: CustomStringConvertible {
    private let bytes: UInt64

    public init(_ bytes: UInt64) { self.bytes = bytes }

    /// `999 bytes`, `1.2 kB`, `34.5 MB`; rounded down.
    public var description: String {
        guard bytes >= 1000 else { return "\(bytes) \(bytes == 1 ? "byte" : "bytes")" }
        var unit: UInt64 = 1000
        var names = ["kB", "MB", "GB", "TB", "PB", "EB"][...]
        while bytes / unit >= 1000, names.count > 1 {
            unit *= 1000
            names = names.dropFirst()
        }
        return "\(bytes / unit).\(bytes % unit / (unit / 10)) \(names.first ?? "")"
    }
}
