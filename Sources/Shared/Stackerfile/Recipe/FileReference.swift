public import Diagnostics

/// A path as a stacker.yaml gives it, not yet resolved against any directory; a trailing `/` is kept and means something.
public struct FileReference: Hashable, Sendable {
    /// Never empty; without control characters.
    public var path: ByteString
    public var mark: Mark
}
