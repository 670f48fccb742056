import Digests
import Diagnostics
import HelperProtocol
import OCI
import Storage

/// Packs layers into blobs, each once in a build, however many images need it.
actor LayerPacking {
    /// `nil` for a layer in which nothing is worth a blob.
    private var packed: [FinishedLayer: PackedLayer?] = [:]
    private let underWay = SharedWork<FinishedLayer, PackedLayer?>()

    /// The blob of a layer that lies above `below`; `nil` when nothing in the layer is worth one.
    func pack(
        _ layer: FinishedLayer, above below: [FinishedLayer], in context: BuildContext
    ) async throws -> PackedLayer? {
        if let known = packed[layer] { return known }
        return try await underWay.value(of: layer) {
            let result = try await Self.makeBlob(of: layer, above: below, in: context)
            // Before those that wait go on: who asks from now on must find it.
            await self.remember(result, of: layer)
            return result
        }
    }

    private func remember(_ result: PackedLayer?, of layer: FinishedLayer) { packed[layer] = .some(result) }

    private static func makeBlob(
        of layer: FinishedLayer, above below: [FinishedLayer], in context: BuildContext
    ) async throws -> PackedLayer? {
        let (request, log) = (context.request, context.request.log)
        let blob = try context.layout.temporaryBlob()
        let result = try await context.during(.packing, archive: blob.raw) {
            try await context.storage.pack(
                layer, above: below, archive: blob.raw, compression: request.compression,
                sourceDateEpoch: request.sourceDateEpoch)
        }
        log.debug("packed \(ByteCount(result.uncompressedSize)) into \(ByteCount(result.size)) (\(result.encoder))")
        for warning in result.warnings { log.warning(warning) }
        guard result.entries > 0 else { return nil }
        guard let digest = Digest(result.digest), let diffID = Digest(result.diffID),
            let size = Int64(exactly: result.size)
        else { throw MalformedMessage("the digests and the size of a layer") }
        try blob.commit(digest: digest, size: size)
        let descriptor = Descriptor(
            mediaType: request.compression.layerMediaType, digest: digest, size: size,
            annotations: [AnnotationName.uncompressedSize: String(result.uncompressedSize)])
        context.cache.blobs.rememberNew(descriptor, in: context.layout)
        return PackedLayer(descriptor: descriptor, diffID: diffID)
    }
}
