import Digests
import Diagnostics
import HelperProtocol
import LinuxSystem
import OCI
import Storage

/// Sees to it that the layers under a build step are unpacked, which nothing but a build step needs.
struct LayerDirectories {
    let context: BuildContext

    /// Unpacks the layers that the documents name and that are not unpacked yet, several at a time.
    func prepare(_ documents: BuiltImage.Documents?) async throws {
        guard let documents else { return }
        let named = zip(documents.manifest.layers, documents.configuration.rootfs.diffIDs)
        let layers = named.map { Layer(descriptor: $0, diffID: $1) }
        _ = try await Concurrent.map(layers, limit: Concurrent.cores) { try await prepare($0) }
    }

    private struct Layer: Hashable, Sendable {
        var descriptor: Descriptor
        var diffID: Digest
    }

    private func prepare(_ layer: Layer) async throws -> FinishedLayer {
        let digest = layer.descriptor.digest.description
        if let finished = try context.storage.finishedLayer(digest) {
            // Nobody reads it now, and it will be given away.
            guard context.cache.blobs.isIntact(layer.descriptor, in: context.layout) else {
                throw Failure("the bytes of layer \(digest) do not match its digest", class: .rejected)
            }
            return finished
        }
        // Two images may start from the same base at the same time.
        return try await context.unpacking.value(of: digest) { try await unpack(layer) }
    }

    private func unpack(_ layer: Layer) async throws -> FinishedLayer {
        let digest = layer.descriptor.digest.description
        if let finished = try context.storage.finishedLayer(digest) { return finished }
        let compression = try Self.compression(layer.descriptor)
        let archive = try context.layout.openBlob(layer.descriptor)
        let expected = UnpackJob.Expected(
            digest: digest, size: UInt64(layer.descriptor.size), diffID: layer.diffID.description)
        let unpacked = try await attempt("unpack layer \(digest)") {
            try await context.during(.unpacking, digest, total: expected.size, archive: archive.raw) {
                try await context.storage.unpackLayer(
                    expected, compression, archive: archive.raw, limits: context.request.limits)
            }
        }
        context.cache.blobs.remember(layer.descriptor, in: context.layout)
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
