import Diagnostics

/// What one member of a tar archive says of itself, without its content.
struct PackedMember: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case file(bytes: UInt64)
        case directory
        case symbolicLink(to: ByteString)
        /// Another name of a file that stands earlier in the archive.
        case hardLink(to: ByteString)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
    }

    /// Relative; a directory ends with `/`.
    var path: ByteString
    var kind: Kind
    /// The twelve permission bits.
    var mode: UInt32
    var userID: UInt32
    var groupID: UInt32
    /// Seconds since 1970, UTC.
    var modified: Int64
    var attributes: [ExtendedAttribute] = []

    /// An empty file that says "this name is gone"; nothing of it but its name has a meaning, so all else is zero.
    ///
    /// Source: OCI image-spec v1.1, layer.md, "Whiteouts".
    static func whiteout(_ path: ByteString) -> PackedMember {
        PackedMember(path: path, kind: .file(bytes: 0), mode: 0, userID: 0, groupID: 0, modified: 0)
    }
}
