/// What the type flag of a header says.
enum TarType: Hashable, Sendable {
    case file
    /// The flag is NUL, as version 7 wrote it: a name that ends in `/` makes it a directory.
    case oldFile
    case hardLink
    case symbolicLink
    case characterDevice
    case blockDevice
    case directory
    case fifo
    /// A GNU sparse file whose map is in the header.
    case sparseFile
    /// PAX records for the next member, and for all that follow.
    case extendedHeader
    case globalHeader
    /// GNU: the data is the name, or the link target, of the next member.
    case longName
    case longLink
    /// GNU: the name of the volume.
    case volumeLabel

    /// - Returns: `nil` for a type that cannot be unpacked.
    init?(flag: UInt8) {
        switch flag {
        case 0: self = .oldFile
        // 7 is a "contiguous" file, which POSIX says to treat like any other.
        case UInt8(ascii: "0"), UInt8(ascii: "7"): self = .file
        case UInt8(ascii: "1"): self = .hardLink
        case UInt8(ascii: "2"): self = .symbolicLink
        case UInt8(ascii: "3"): self = .characterDevice
        case UInt8(ascii: "4"): self = .blockDevice
        case UInt8(ascii: "5"): self = .directory
        case UInt8(ascii: "6"): self = .fifo
        case UInt8(ascii: "S"): self = .sparseFile
        case UInt8(ascii: "x"): self = .extendedHeader
        case UInt8(ascii: "g"): self = .globalHeader
        case UInt8(ascii: "L"): self = .longName
        case UInt8(ascii: "K"): self = .longLink
        case UInt8(ascii: "V"): self = .volumeLabel
        default: return nil
        }
    }
}
