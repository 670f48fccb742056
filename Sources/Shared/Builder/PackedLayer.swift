import Digests
import OCI

/// A layer that is a blob, as the documents of an image name it.
struct PackedLayer: Hashable, Sendable {
    var descriptor: Descriptor
    /// Of the archive without compression.
    var diffID: Digest
}
