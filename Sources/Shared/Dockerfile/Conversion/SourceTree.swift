public import Diagnostics

/// The directory that a Dockerfile copies files from; the conversion looks at it and copies nothing.
///
/// Paths are relative to it, without `..`; the empty path is the directory itself.
public protocol SourceTree {
    /// What is there, links not followed; `nil` for nothing.
    func kind(of path: ByteString) -> SourceKind?
    /// The names in a directory, in no particular order; none where it cannot be read.
    func names(in directory: ByteString) -> [ByteString]
    /// The first bytes of a file, 512 where there are as many.
    func beginning(of file: ByteString) -> [UInt8]
}

public enum SourceKind: Hashable, Sendable {
    case file, directory, link, other
}
