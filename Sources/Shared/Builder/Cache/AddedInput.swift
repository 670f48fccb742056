import Digests
import Diagnostics

/// Something of the host, or of another image, that an image takes in: an import, or a directory of `overlay_dirs`.
///
/// Where it lies is for messages only: the same content from elsewhere gives the same image.
struct AddedInput: Hashable, Sendable {
    enum Kind: String, Sendable, CaseIterable {
        /// Seen by the build step, and not part of the image.
        case importForStep = "import"
        /// An import with `dest`: a layer of its own.
        case importAsLayer = "import with dest"
        case overlayDirectory = "overlay_dir"
    }

    var kind: Kind
    /// As stacker.yaml has it.
    var path: ByteString
    /// What it is called where the step sees it.
    var name: ByteString
    /// Where it goes in the image.
    var destination: ByteString?
    var mode: UInt32?
    var user: Int64?
    var group: Int64?
    /// The digest that stacker.yaml asks for; that it is checked is the business of who copies.
    var hash: String?
    /// Whether what is in a directory is taken, and not the directory itself.
    var takesContents = false
    /// Of all its bytes, names, kinds and modes.
    var content: Digest
    /// Whether it is a directory.
    var isDirectory: Bool

    /// What a layer that consists of it alone is kept under.
    func layerKey(sourceDateEpoch: Int64?) -> CacheKey {
        var bytes = CanonicalBytes("stacker layer of added files")
        bytes.add("schema", CacheKey.schema)
        bytes.add("SOURCE_DATE_EPOCH", sourceDateEpoch)
        bytes.add("input", [canonicalBytes])
        return CacheKey(bytes)
    }

    var canonicalBytes: [UInt8] {
        var bytes = CanonicalBytes("input")
        bytes.add("kind", kind.rawValue)
        bytes.add("name", name)
        bytes.add("destination", destination)
        bytes.add("mode", mode.map { Int64($0) })
        bytes.add("user", user)
        bytes.add("group", group)
        bytes.add("content", content.hex)
        bytes.add("directory", isDirectory ? 1 : 0)
        // What came later is left out where there is none of it, so that keys stay what they were.
        if hash != nil { bytes.add("hash", hash) }
        if takesContents { bytes.add("contents", 1) }
        return bytes.bytes
    }
}
