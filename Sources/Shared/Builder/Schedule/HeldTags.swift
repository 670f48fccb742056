import OCI

/// Gives finished images their names, in build order.
///
/// Those of images that were found are held back until one that was made needs its own, or the build ends: so the index
/// is written once for many of them, and not at all where it says all this already. Of many images that are made some
/// are held back too, because the whole index is written each time.
struct HeldTags {
    private let layout: ImageLayout
    private var held: [(tag: String, descriptor: Descriptor)] = []
    /// Whether an image was made, or the index changed.
    private(set) var hasChanged = false
    private var released = 0

    init(layout: ImageLayout) { self.layout = layout }

    /// Takes the next image in build order.
    mutating func add(_ image: BuiltImage, as name: String) throws {
        if let manifest = image.manifest { held.append((name, manifest)) }
        if image.isCached { return }
        hasChanged = true
        if held.count * 8 >= released { try release() }
    }

    /// Writes what is held.
    mutating func release() throws {
        guard !held.isEmpty else { return }
        if try layout.replaceTags(held) { hasChanged = true }
        released += held.count
        held = []
    }
}
