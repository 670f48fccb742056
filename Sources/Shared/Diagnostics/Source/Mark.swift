/// A place in a text file.
///
/// Lines end at LF, CR LF or CR, as editors count them; columns count Unicode scalars, so that a tab is one column.
public struct Mark: Hashable, Sendable {
    private let storedLine: UInt32
    private let storedColumn: UInt32
    private let storedOffset: UInt32

    /// 1-based.
    public var line: Int { Int(storedLine) }
    /// 1-based, in Unicode scalars.
    public var column: Int { Int(storedColumn) }
    /// Bytes from the start of the file, a byte order mark included.
    public var offset: Int { Int(storedOffset) }

    /// 32 bits each, because a mark is kept for every node of a file.
    public init(line: Int, column: Int, offset: Int) {
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
        storedOffset = UInt32(clamping: offset)
    }

    /// The first character of a file.
    public static let start = Mark(line: 1, column: 1, offset: 0)
}

extension Mark: Comparable {
    public static func < (left: Mark, right: Mark) -> Bool { left.offset < right.offset }
}

extension Mark: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}
