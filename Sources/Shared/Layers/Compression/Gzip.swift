/// The bytes around the deflate blocks of a gzip member.
///
/// Source: RFC 1952, section 2.3; RFC 1951, section 3.2.4 and 3.2.6.
enum Gzip {
    /// Deflate, no flags, no modification time, no extra flags, unknown operating system: nothing of the machine.
    static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

    /// An empty final block, then checksum and length (modulo 2³²) of the content.
    static func trailer(checksum: UInt32, contentBytes: UInt64) -> [UInt8] {
        let emptyFinalBlock: [UInt8] = [0x03, 0x00]
        return emptyFinalBlock + littleEndian(checksum) + littleEndian(UInt32(truncatingIfNeeded: contentBytes))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
