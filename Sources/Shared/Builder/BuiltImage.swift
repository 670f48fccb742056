import OCI
import Storage

/// An image that is finished: what later images of the same build start from.
struct BuiltImage: Sendable {
    var manifest: Manifest
    var configuration: ImageConfiguration
    /// The directories of its layers, lowest first.
    var layers: [FinishedLayer]
}
