public import Diagnostics

/// A directory of this machine whose content an image gets, as a layer of its own.
public struct OverlayDirectory: Hashable, Sendable {
    /// A relative path starts from the directory of the stacker.yaml.
    public var source: FileReference
    /// Absolute path in the image, without `..`.
    public var destination: ByteString
}
