/// The layout of a header block.
///
/// Source: POSIX.1-2024, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format" (`struct oldgnu_header`).
enum TarFormat {
    static let blockSize = 512

    static let name = 0..<100
    static let mode = 100..<108
    static let userID = 108..<116
    static let groupID = 116..<124
    static let size = 124..<136
    static let modified = 136..<148
    static let checksum = 148..<156
    static let type = 156
    static let linkName = 157..<257
    /// Magic and version together: `ustar\0` `00`, or `ustar  \0` of GNU tar.
    static let magic = 257..<265
    static let deviceMajor = 329..<337
    static let deviceMinor = 337..<345
    static let prefix = 345..<500

    /// Four sparse segments in a GNU header, 21 in each block that continues it: offset and length, 12 bytes each.
    static let sparse = 386..<482
    static let sparseContinues = 482
    static let sparseRealSize = 483..<495
    static let continuation = 0..<504
    static let continuationContinues = 504
    static let sparseFieldSize = 12

    static let ustarMagic = Array("ustar\u{0}00".utf8)
    static let gnuMagic = Array("ustar  \u{0}".utf8)

    /// Bytes that fill the last block of `size` bytes.
    static func padding(after size: UInt64) -> UInt64 {
        let rest = size % UInt64(blockSize)
        return rest == 0 ? 0 : UInt64(blockSize) - rest
    }
}
