import Diagnostics

/// What the `GNU.sparse.` records of an extended header say.
///
/// Source: GNU tar manual, "Storing Sparse Files", versions 0.0, 0.1 and 1.0 of the format.
struct PAXSparse: Sendable {
    /// The name of the file; the one in the header is made up by tar.
    var name: ByteString?
    private(set) var realSize: UInt64?
    private(set) var segments: [SparseMap.Segment] = []
    private var version = (major: UInt64(0), minor: UInt64(0))
    private var count: UInt64?
    private var offset: UInt64?

    /// Whether the data begins with the map (version 1.0).
    var mapIsInData: Bool { version == (1, 0) }

    mutating func add(_ key: String, _ value: ByteString, limit: Int) throws(InvalidArchive) {
        switch key {
        case "name": name = value
        case "size", "realsize": realSize = try number(value)
        case "numblocks": count = try number(value)
        case "major": version.major = try number(value)
        case "minor": version.minor = try number(value)
        case "offset":
            guard offset == nil else { throw .rejected("its sparse map has an offset without a length") }
            offset = try number(value)
        case "numbytes":
            guard let start = offset else { throw .rejected("its sparse map has a length without an offset") }
            offset = nil
            try append(start, try number(value), limit: limit)
        case "map": try add(map: value, limit: limit)
        default: throw .rejected("unknown record GNU.sparse.\(ByteString(key).abbreviated)")
        }
    }

    /// Says that all records were added.
    func finish() throws(InvalidArchive) {
        guard realSize != nil else { throw .rejected("a sparse member does not say its size") }
        guard offset == nil else { throw .rejected("its sparse map has an offset without a length") }
        guard version == (0, 0) || version == (0, 1) || mapIsInData else {
            throw .rejected("unknown version \(version.major).\(version.minor) of the sparse format")
        }
        guard !mapIsInData || segments.isEmpty else { throw .rejected("a sparse member has two maps") }
        guard count.map({ $0 == UInt64(segments.count) }) ?? true else {
            throw .rejected("its sparse map has a wrong number of segments")
        }
    }

    private mutating func add(map: ByteString, limit: Int) throws(InvalidArchive) {
        let fields = map.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard map.isEmpty || fields.count.isMultiple(of: 2) else {
            throw .rejected("its sparse map has an offset without a length")
        }
        segments = []
        guard !map.isEmpty else { return }
        for index in stride(from: 0, to: fields.count, by: 2) {
            try append(try number(ByteString(fields[index])), try number(ByteString(fields[index + 1])), limit: limit)
        }
    }

    private mutating func append(_ offset: UInt64, _ length: UInt64, limit: Int) throws(InvalidArchive) {
        guard segments.count < limit else { throw .limit("its sparse map has more than \(limit) segments") }
        segments.append(SparseMap.Segment(offset: offset, length: length))
    }

    private func number(_ value: ByteString) throws(InvalidArchive) -> UInt64 {
        guard let number = TarNumber.decimal(value.bytes) else {
            throw .rejected("its sparse map holds \(value.abbreviated), which is not a number")
        }
        return number
    }
}
