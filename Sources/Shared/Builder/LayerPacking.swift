import Digests
import Diagnostics
import HelperProtocol
import OCI
import Storage

/// Packs layers into blobs, each once in a build, however many images need it.
actor LayerPacking {
    private enum State {
        /// Somebody packs it, and others wait.
        case underWay([CheckedContinuation<PackedLayer?, any Error>])
        case finished(PackedLayer?)
    }

    private var states: [FinishedLayer: State] = [:]

    /// The blob of a layer that lies above `below`; `nil` when nothing in the layer is worth one.
    func pack(
        _ layer: FinishedLayer, above below: [FinishedLayer], in context: BuildContext
    ) async throws -> PackedLayer? {
        switch states[layer] {
        case .finished(let packed): return packed
        case .underWay(let waiting):
            return try await withCheckedThrowingContinuation { states[layer] = .underWay(waiting + [$0]) }
        case nil: break
        }
        states[layer] = .underWay([])
        let result: Result<PackedLayer?, any Error>
        do {
            result = .success(try await Self.makeBlob(of: layer, above: below, in: context))
        } catch {
            result = .failure(error)
        }
        var waiting: [CheckedContinuation<PackedLayer?, any Error>] = []
        if case .underWay(let all) = states[layer] { waiting = all }
        states[layer] = (try? result.get()).map(State.finished)
        for continuation in waiting { continuation.resume(with: result) }
        return try result.get()
    }

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
        return PackedLayer(
            descriptor: Descriptor(
                mediaType: request.compression.layerMediaType, digest: digest, size: size,
                annotations: [AnnotationName.uncompressedSize: String(result.uncompressedSize)]),
            diffID: diffID)
    }
}
