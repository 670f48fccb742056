import Digests
import OCI
import Storage

/// What later images of the same build start from.
struct BuiltImage: Sendable {
    /// Of the image itself, or, where it is only for building, of the nearest one below it that is not.
    ///
    /// `nil` where there is none: the first image that is put out starts with empty documents.
    var documents: Documents?
    /// The directories of the layers that the documents name, lowest first.
    var layers: [FinishedLayer] = []
    /// The layers above those that no documents name: of images that are only for building, lowest first.
    var unpacked: [UnpackedLayer] = []
    /// What the image's name in index.json is to stand for; `nil` where the image is no output.
    var manifest: Descriptor?
    /// The layout that has the blobs of the layers, where stacker has none of its own yet.
    var origin: ImageLayout?
    /// Whether an earlier build had made all of it.
    var isCached = false

    /// Nothing at all.
    static let empty = BuiltImage()

    /// Every directory that its root file system consists of, lowest first.
    var stack: [FinishedLayer] { layers + unpacked.map(\.directory) }

    /// An image of these layers above this one that is only for others to start from.
    func extended(by layers: [UnpackedLayer]) -> BuiltImage {
        BuiltImage(documents: documents, layers: self.layers, unpacked: unpacked + layers)
    }

    struct Documents: Hashable, Sendable {
        /// Of the manifest's bytes.
        var digest: Digest
        var manifest: Manifest
        var configuration: ImageConfiguration
    }
}
