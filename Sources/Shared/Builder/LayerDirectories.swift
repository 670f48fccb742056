import Digests
import Diagnostics
import HelperProtocol
import LinuxSystem
import OCI
import Storage

/// Sees to it that the layers of a base are there: their blobs among stacker's own, and, for what is built on them,
/// their directories.
struct LayerDirectories {
    let context: BuildContext

    /// Makes the blobs of the base stacker's own, and unpacks the layers that are not unpacked yet, several at a time.
    ///
    /// - Returns: The base with the directories that its layers are in.
    func prepare(_ base: BuiltImage) async throws -> BuiltImage {
        guard let documents = base.documents else { return base }
        try checkNumber(of: base)
        try adopt(base)
        var result = base
        result.origin = nil
        let named = zip(documents.manifest.layers, documents.configuration.rootfs.diffIDs)
        let layers = zip(base.layers, named).map { Layer(directory: $0, descriptor: $1.0, diffID: $1.1) }
        result.layers = try await Concurrent.map(layers, limit: Concurrent.cores) { try await directory(of: $0) }
        return result
    }

    /// Whether all layers of the base are unpacked.
    func areComplete(_ base: BuiltImage) throws -> Bool {
        try base.layers.allSatisfy { try context.storage.isComplete($0) }
    }

    /// Makes the blobs of the base stacker's own; what was there and is damaged is taken anew.
    func adopt(_ base: BuiltImage) throws {
        guard let origin = base.origin, let layers = base.documents?.manifest.layers else { return }
        for layer in layers where try context.layout.hasOwnFile(for: layer) {
            guard !context.cache.blobs.isIntact(layer, in: context.layout) else { continue }
            try context.layout.discard(layer.digest)
        }
        try context.layout.adopt(layers, from: origin)
        for layer in layers { context.cache.blobs.lookAgain(at: layer.digest) }
    }

    /// Refuses to give away a blob that is not what its name says: of some, nobody has read the bytes.
    func check(_ layers: [Descriptor]) throws(Failure) {
        for layer in layers where !context.cache.blobs.isIntact(layer, in: context.layout) {
            throw Failure(
                "the bytes of layer \(layer.digest) are missing, or do not match its digest",
                hint: "get the image that it belongs to once more", class: .rejected)
        }
    }

    private func checkNumber(of base: BuiltImage) throws(Failure) {
        guard base.stack.count <= context.request.limits.overlayLayers else {
            throw Failure(
                "the base has \(base.stack.count) layers, and one step can stack"
                    + " \(context.request.limits.overlayLayers)", class: .limit)
        }
    }

    private struct Layer: Hashable, Sendable {
        /// Where it is, if it is there.
        var directory: FinishedLayer
        var descriptor: Descriptor
        var diffID: Digest
    }

    private func directory(of layer: Layer) async throws -> FinishedLayer {
        if try context.storage.isComplete(layer.directory) { return layer.directory }
        let digest = layer.descriptor.digest.description
        // Two images may start from the same base at the same time.
        return try await context.unpacking.value(of: digest) { try await unpack(layer) }
    }

    private func unpack(_ layer: Layer) async throws -> FinishedLayer {
        let digest = layer.descriptor.digest.description
        if let finished = try context.storage.finishedLayer(digest) { return finished }
        let compression = try Self.compression(layer.descriptor)
        let archive = try context.layout.openBlob(layer.descriptor)
        let stamp = FileStamp(ofBlob: try archive.status())
        let expected = UnpackJob.Expected(
            digest: digest, size: UInt64(layer.descriptor.size), diffID: layer.diffID.description)
        let unpacked = try await attempt("unpack layer \(digest)") {
            try await context.during(.unpacking, digest, total: expected.size, archive: archive.raw) {
                try await context.storage.unpackLayer(
                    expected, compression, archive: archive.raw, limits: context.request.limits)
            }
        }
        context.cache.blobs.remember(layer.descriptor, stamp: stamp, in: context.layout)
        for warning in unpacked.result.warnings { context.request.log.warning("layer \(digest): \(warning)") }
        return unpacked.layer
    }

    private static func compression(_ descriptor: Descriptor) throws(Failure) -> UnpackJob.Compression {
        switch descriptor.mediaType {
        case MediaType.layerTar: return .none
        case MediaType.layerTarGzip: return .gzip
        case MediaType.layerTarZstd: return .zstd
        default:
            throw Failure(
                "unknown media type \(ByteString(descriptor.mediaType)) of layer \(descriptor.digest)",
                hint: "stacker reads tar layers: plain, compressed with gzip or with zstd", class: .rejected)
        }
    }
}
