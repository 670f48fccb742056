/// Where the stored bytes of a sparse file belong; everything else of it reads as zeros.
struct SparseMap: Hashable, Sendable {
    struct Segment: Hashable, Sendable {
        var offset: UInt64
        var length: UInt64
    }

    private(set) var segments: [Segment]

    /// A map whose segments are in order, apart, inside the file and account for all `stored` bytes.
    init(_ segments: [Segment], realSize: UInt64, stored: UInt64) throws(InvalidArchive) {
        var end: UInt64 = 0
        var sum: UInt64 = 0
        for segment in segments {
            let (segmentEnd, overflow) = segment.offset.addingReportingOverflow(segment.length)
            guard !overflow, segmentEnd <= realSize else {
                throw .rejected("its sparse map goes past the end of the file")
            }
            guard segment.offset >= end else { throw .rejected("its sparse map is not in order") }
            end = segmentEnd
            // Cannot overflow: the segments are apart and end before `realSize`.
            sum += segment.length
        }
        guard sum == stored else {
            throw .rejected("its sparse map speaks of \(sum) bytes, but \(stored) are stored")
        }
        self.segments = segments
    }
}
