import Diagnostics

/// Paths as text: nothing is looked at.
enum PathText {
    /// The names of a path, `.` left out and `..` taking the name before it away, as at the root.
    static func components(_ path: ByteString) -> [ByteString] {
        var result: [ByteString] = []
        for part in path.bytes.split(separator: ASCII.slash) {
            if part == [0x2e] { continue }
            if part == [0x2e, 0x2e] {
                _ = result.popLast()
            } else {
                result.append(ByteString(part))
            }
        }
        return result
    }

    static func joined(_ components: some Sequence<ByteString>) -> ByteString {
        ByteString(Array(components.map(\.bytes).joined(separator: [ASCII.slash])))
    }

    /// Absolute, without `.` and `..`; a relative one starts from `directory`.
    static func absolute(_ path: ByteString, from directory: ByteString) -> ByteString {
        let isAbsolute = path.bytes.first == ASCII.slash
        let whole = isAbsolute ? path : ByteString(directory.bytes + [ASCII.slash] + path.bytes)
        return ByteString([ASCII.slash] + joined(components(whole)).bytes)
    }

    /// Whether the end says that a directory is meant.
    static func namesDirectory(_ path: ByteString) -> Bool {
        let last = path.bytes.split(separator: ASCII.slash, omittingEmptySubsequences: false).last ?? []
        return last.isEmpty || last == [0x2e] || last == [0x2e, 0x2e]
    }

    /// With one `/` at the end.
    static func asDirectory(_ path: ByteString) -> ByteString {
        path.bytes.last == ASCII.slash ? path : ByteString(path.bytes + [ASCII.slash])
    }

    static func lastName(_ path: ByteString) -> ByteString { components(path).last ?? "" }

    /// Whether something is this directory or below it.
    static func lies(_ path: ByteString, in directory: ByteString) -> Bool {
        path == directory || path.bytes.starts(with: asDirectory(directory).bytes)
    }
}
