import Storage

/// A layer in overlay form that may have no blob yet, and needs one only in an image that is put out.
struct UnpackedLayer: Hashable, Sendable {
    var directory: FinishedLayer
    /// What the history of images says of it.
    var createdBy: String
}
