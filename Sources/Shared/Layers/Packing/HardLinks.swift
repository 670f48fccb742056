import Diagnostics

/// The first names of files that have more than one.
struct HardLinks {
    private struct First {
        var path: ByteString
        /// Names that the walk has still to meet.
        var rest: UInt64
    }

    private var firsts: [FileStatus.Identity: First] = [:]

    /// The earlier name of a file; `nil` where `path` is the first one.
    ///
    /// Forgets a file with its last name, so that what is kept is what is still needed.
    mutating func earlierName(of status: FileStatus, named path: ByteString) -> ByteString? {
        guard status.links > 1 else { return nil }
        guard let first = firsts[status.identity] else {
            firsts[status.identity] = First(path: path, rest: status.links - 1)
            return nil
        }
        firsts[status.identity] = first.rest > 1 ? First(path: first.path, rest: first.rest - 1) : nil
        return first.path
    }
}
