/// What a removal gave back.
public struct FreedSpace: Hashable, Sendable {
    /// Files of any kind that are gone, directories left out.
    public var files: UInt64 = 0
    /// Of regular files whose last name went.
    public var bytes: UInt64 = 0

    public init(files: UInt64 = 0, bytes: UInt64 = 0) {
        self.files = files
        self.bytes = bytes
    }

    /// Counts a name that is about to be removed.
    public mutating func count(_ status: FileStatus) {
        if status.kind == .directory { return }
        files &+= 1
        guard status.kind == .regular, status.links <= 1, let size = UInt64(exactly: status.size) else { return }
        // A sparse file may claim more than anything holds.
        let (sum, overflow) = bytes.addingReportingOverflow(size)
        bytes = overflow ? .max : sum
    }

    public static func += (total: inout FreedSpace, other: FreedSpace) {
        total.files &+= other.files
        let (sum, overflow) = total.bytes.addingReportingOverflow(other.bytes)
        total.bytes = overflow ? .max : sum
    }
}
