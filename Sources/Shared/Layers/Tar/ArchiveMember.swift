import Diagnostics

/// One member with everything its headers say.
struct ArchiveMember: Sendable {
    /// As the archive spells it.
    var name: ByteString
    var kind: Kind
    /// Permission bits only.
    var mode: UInt32
    var userID: UInt64
    var groupID: UInt64
    var modified: FileTime
    var extendedAttributes: [ExtendedAttribute] = []
    /// The first attribute in a form that is not read.
    var unreadAttribute: ByteString?
    /// Whether a hard link comes with the data of its file: cpio stores it with the last name only.
    var linkHasData = false

    enum Kind: Hashable, Sendable {
        /// Bytes it has when unpacked; the ``MemberReader`` knows where its data belongs.
        case file(size: UInt64)
        case directory
        case symbolicLink(target: ByteString)
        case hardLink(target: ByteString)
        case characterDevice(major: UInt64, minor: UInt64)
        case blockDevice(major: UInt64, minor: UInt64)
        case fifo
    }
}
