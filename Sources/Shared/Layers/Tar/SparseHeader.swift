/// The sparse map of a GNU header, which blocks after the header may continue.
struct SparseHeader: Hashable, Sendable {
    private(set) var segments: [SparseMap.Segment] = []
    private(set) var realSize: UInt64
    /// Whether the next block continues the map.
    private(set) var continues: Bool

    init(header block: [UInt8]) throws(InvalidArchive) {
        realSize = try TarHeader.natural(block[TarFormat.sparseRealSize], "size of a sparse file")
        continues = block[TarFormat.sparseContinues] != 0
        try append(block[TarFormat.sparse])
    }

    /// Adds a continuation block of 512 bytes.
    mutating func append(continuation block: [UInt8], limit: Int) throws(InvalidArchive) {
        guard block.count == TarFormat.blockSize else { throw .rejected("its sparse map is cut short") }
        continues = block[TarFormat.continuationContinues] != 0
        try append(block[TarFormat.continuation])
        guard segments.count <= limit else { throw .limit("its sparse map has more than \(limit) segments") }
    }

    private mutating func append(_ fields: ArraySlice<UInt8>) throws(InvalidArchive) {
        var rest = fields
        // An entry that begins with NUL ends the map of this block.
        while let first = rest.first, first != 0 {
            let offset = try TarHeader.natural(rest.prefix(TarFormat.sparseFieldSize), "offset in a sparse map")
            rest = rest.dropFirst(TarFormat.sparseFieldSize)
            let length = try TarHeader.natural(rest.prefix(TarFormat.sparseFieldSize), "length in a sparse map")
            rest = rest.dropFirst(TarFormat.sparseFieldSize)
            segments.append(SparseMap.Segment(offset: offset, length: length))
        }
    }
}
