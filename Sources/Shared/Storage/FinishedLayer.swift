import Diagnostics

/// A layer that will not change any more: `roots/sha256_<hex>`, or, while it has no digest, under another name.
public struct FinishedLayer: Hashable, Sendable {
    let directory: ByteString

    /// The file beside `overlay` that says on which run of the machine the layer was completed.
    static let marker: ByteString = "boot-id"

    /// The name, in the roots directory, of one that has no digest.
    init(directory: ByteString) { self.directory = directory }

    /// The one with a digest, `sha256:<hex>`.
    init(digest: String) {
        directory = ByteString(digest.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "_") : $0 })
    }

    /// Relative to the roots directory.
    var overlay: ByteString { ByteString(directory.bytes + Array("/overlay".utf8)) }

    /// The directories to stack, lowest first.
    ///
    /// overlayfs refuses a directory twice. Of a layer that an image has more than once the topmost counts: whatever
    /// it holds hides the same things further down.
    static func stack(_ layers: [FinishedLayer]) -> [ByteString] {
        var seen: Set<FinishedLayer> = []
        return Array(layers.reversed().filter { seen.insert($0).inserted }.map(\.overlay).reversed())
    }
}
