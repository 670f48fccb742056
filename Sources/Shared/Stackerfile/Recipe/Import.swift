public import Diagnostics

/// What an image takes in: a file, symbolic link or directory of this machine, or of another image.
public struct Import: Hashable, Sendable {
    /// As written, never empty, without control characters.
    public var path: ByteString
    public var mark: Mark
    public var source: Source
    /// The SHA-256 that the file must have: 64 lower-case hexadecimal digits.
    public var hash: String?
    /// Absolute path in the image, without `..`; a trailing `/` means "into this directory".
    ///
    /// Without one, the build step sees the import and the image does not get it.
    public var destination: ByteString?
    /// Permission bits of the files; directories keep theirs.
    public var mode: UInt32?
    /// Owner in the image; `nil` where it is not said.
    public var user: UInt32?
    public var group: UInt32?
    /// What is left out, where it is a directory of this machine.
    public var exclude: [ExclusionPattern] = []

    public enum Source: Hashable, Sendable {
        /// Of this machine; a relative path starts from the directory of the stacker.yaml.
        case file(ByteString)
        /// Of the root file system of another image of the same build.
        case image(ImagePath)
    }

    /// Whether a trailing `/` says that what is in a directory is meant, and not the directory itself.
    public var takesContents: Bool { path.bytes.last == UInt8(ascii: "/") }

    init(path: ByteString, mark: Mark, source: Source) {
        self.path = path
        self.mark = mark
        self.source = source
    }
}
