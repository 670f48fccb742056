/// How many bytes an archive may still expand to.
struct ByteBudget {
    private let maximum: UInt64
    private var left: UInt64

    init(_ maximum: UInt64) {
        self.maximum = maximum
        left = maximum
    }

    /// Counts bytes BEFORE they are written, so that a bomb is refused by its header.
    mutating func charge(_ bytes: UInt64) throws(InvalidArchive) {
        guard bytes <= left else { throw .limit("the archive expands to more than \(maximum) bytes") }
        left -= bytes
    }
}
