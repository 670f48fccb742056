/// A layer that an image has above its base, as its documents tell of it.
struct AddedLayer: Hashable, Sendable {
    var packed: PackedLayer
    /// What the history says of it.
    var createdBy: String
}
