import Diagnostics

/// One header block, field by field; extended headers may still replace what it says.
struct TarHeader: Hashable, Sendable {
    var type: TarType
    var name: ByteString
    var linkName: ByteString
    /// Permission bits only.
    var mode: UInt32
    var userID: UInt64
    var groupID: UInt64
    /// Bytes of data that follow, without padding.
    var size: UInt64
    var modified: FileTime
    var deviceMajor: UInt64
    var deviceMinor: UInt64
    /// The map of a ``TarType/sparseFile`` so far.
    var sparse: SparseHeader?

    /// Reads a block of 512 bytes.
    init(_ block: [UInt8]) throws(InvalidArchive) {
        guard block.count == TarFormat.blockSize else { throw .rejected("the header is cut short") }
        guard Self.checksumMatches(block) else { throw .rejected("the header checksum is wrong") }
        let dialect = try Dialect(block[TarFormat.magic])
        let flag = block[TarFormat.type]
        guard let type = TarType(flag: flag) else {
            throw .rejected("members of type \(ByteString([flag])) cannot be unpacked")
        }
        self.type = type
        name = Self.name(block, dialect)
        linkName = Self.text(block[TarFormat.linkName])
        mode = UInt32(try Self.natural(block[TarFormat.mode], "mode") & 0o7777)
        userID = try Self.natural(block[TarFormat.userID], "user id")
        groupID = try Self.natural(block[TarFormat.groupID], "group id")
        size = try Self.natural(block[TarFormat.size], "size")
        guard let seconds = TarNumber.field(block[TarFormat.modified]) else {
            throw .rejected("the modification time is not a number")
        }
        modified = FileTime(clamping: seconds)
        // Only devices use these; other writers leave anything there.
        let isDevice = type == .characterDevice || type == .blockDevice
        deviceMajor = isDevice ? try Self.natural(block[TarFormat.deviceMajor], "device number") : 0
        deviceMinor = isDevice ? try Self.natural(block[TarFormat.deviceMinor], "device number") : 0
        guard type == .sparseFile else { return }
        guard dialect == .gnu else { throw .rejected("a sparse member in an archive that is not of GNU tar") }
        sparse = try SparseHeader(header: block)
    }

    static func isZero(_ block: some Sequence<UInt8>) -> Bool { block.allSatisfy { $0 == 0 } }

    /// A field of a number that is never negative.
    static func natural(_ field: ArraySlice<UInt8>, _ what: String) throws(InvalidArchive) -> UInt64 {
        guard let value = TarNumber.field(field) else { throw .rejected("the \(what) is not a number") }
        guard let natural = UInt64(exactly: value), natural <= UInt64(Int64.max) else {
            throw .rejected("the \(what) \(value) is impossible")
        }
        return natural
    }
}

extension TarHeader {
    /// Which layout the fields after the link name have.
    private enum Dialect {
        /// Before POSIX: nothing there.
        case version7
        case ustar
        case gnu

        init(_ magic: ArraySlice<UInt8>) throws(InvalidArchive) {
            switch Array(magic) {
            case TarFormat.ustarMagic: self = .ustar
            case TarFormat.gnuMagic: self = .gnu
            case [0, 0, 0, 0, 0, 0, 0, 0]: self = .version7
            default: throw .rejected("the header has an unknown magic: \(ByteString(Array(magic)))")
            }
        }
    }

    private static func name(_ block: [UInt8], _ dialect: Dialect) -> ByteString {
        let name = text(block[TarFormat.name])
        guard dialect == .ustar else { return name }
        let prefix = text(block[TarFormat.prefix])
        return prefix.isEmpty ? name : ByteString(prefix.bytes + [UInt8(ascii: "/")] + name.bytes)
    }

    private static func text(_ field: ArraySlice<UInt8>) -> ByteString { ByteString(Array(field.prefix { $0 != 0 })) }

    /// The checksum counts its own field as spaces; some old writers summed signed bytes.
    private static func checksumMatches(_ block: [UInt8]) -> Bool {
        guard let stated = TarNumber.field(block[TarFormat.checksum]) else { return false }
        var unsigned = 0
        var signed = 0
        for (index, byte) in block.enumerated() {
            let counted = TarFormat.checksum.contains(index) ? UInt8(ascii: " ") : byte
            unsigned += Int(counted)
            signed += Int(Int8(bitPattern: counted))
        }
        return stated == unsigned || stated == signed
    }
}
