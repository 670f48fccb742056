/// Reads the map at the start of a sparse file's data, in blocks: its number of segments, then offset and length of
/// each, in decimal, every number on a line of its own.
struct SparseMapReader {
    private(set) var segments: [SparseMap.Segment] = []
    private let limit: Int
    private var line: [UInt8] = []
    private var count: UInt64?
    private var offset: UInt64?

    init(limit: Int) { self.limit = limit }

    /// Whether the map ends in the last block that was added; the rest of that block is padding.
    var isComplete: Bool { count == UInt64(segments.count) }

    mutating func add(_ block: [UInt8]) throws(InvalidArchive) {
        for byte in block where !isComplete {
            guard byte == UInt8(ascii: "\n") else {
                // No number has more than twenty digits.
                guard line.count < 20 else { throw .rejected("its sparse map holds a number that is too long") }
                line.append(byte)
                continue
            }
            guard let number = TarNumber.decimal(line) else {
                throw .rejected("its sparse map holds something that is not a number")
            }
            line = []
            try add(number)
        }
    }

    private mutating func add(_ number: UInt64) throws(InvalidArchive) {
        guard count != nil else {
            guard number <= UInt64(limit) else { throw .limit("its sparse map has more than \(limit) segments") }
            count = number
            return
        }
        guard let start = offset else {
            offset = number
            return
        }
        segments.append(SparseMap.Segment(offset: start, length: number))
        offset = nil
    }
}
