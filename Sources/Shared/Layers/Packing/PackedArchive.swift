/// What became of the tar stream.
struct PackedArchive: Hashable, Sendable {
    /// `sha256:…` of the archive as stored, and of the tar stream.
    var digest: String
    var diffID: String
    /// Bytes of the archive as stored, and of the tar stream.
    var size: UInt64
    var uncompressedSize: UInt64
}
