/// A file or directory of the host that `run` sees, and may write to.
public struct BindRecipe: Hashable, Sendable {
    /// As written; a relative one starts from the directory of the file that names it.
    public var source: FileReference
    /// The place in the image, in the same way; `nil` is the place of the source.
    public var destination: FileReference?
}
