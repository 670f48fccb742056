import Digests
import Diagnostics
import HelperProtocol
import LinuxSystem
import OCI
import Storage
import SystemPackage

/// An image of an OCI layout that another image starts from, `PATH:TAG`.
struct LayoutBase {
    private let context: BuildContext
    private let layout: ImageLayout
    private let manifest: Manifest
    private let configuration: ImageConfiguration

    /// Opens the layout and finds the image; relative paths are relative to the working directory.
    init(_ reference: String, for platform: Platform, context: BuildContext) throws(Failure) {
        let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, let path = FilePath(ByteString(String(parts[0])))
        else {
            throw Failure(
                "\(ByteString(reference)) is no image of an OCI layout", hint: "write it as PATH:TAG", class: .usage)
        }
        do {
            try self.init(path, tag: String(parts[1]), for: platform, context: context)
        } catch {
            var failure = error
            if failure.hint == nil {
                failure.hint = "write the url as PATH:TAG; a relative path is relative to the working directory"
            }
            throw failure
        }
        let found = configuration.platform
        if found.os != platform.os || found.architecture != platform.architecture {
            context.request.log.warning(
                "the base \(ByteString(reference)) is for \(ByteString(found.description)), and the image says that it is"
                    + " for \(platform): see os and arch in stacker.yaml(5)")
        }
    }

    init(_ path: FilePath, tag: String, for platform: Platform, context: BuildContext) throws(Failure) {
        self.context = context
        layout = try ImageLayout.open(existing: path, limits: context.request.limits)
        let descriptor = try layout.selectManifest(
            tag: tag, os: platform.os, architecture: platform.architecture)
        manifest = try layout.manifest(of: descriptor)
        configuration = try layout.configuration(of: manifest)
    }

    /// Makes its blobs stacker's own, and unpacks the layers that are not unpacked yet, several at a time.
    func load() async throws -> BuiltImage {
        guard manifest.layers.count <= context.request.limits.overlayLayers else {
            throw Failure(
                "the base has \(manifest.layers.count) layers, and one step can stack"
                    + " \(context.request.limits.overlayLayers)", class: .limit)
        }
        try context.layout.adopt(manifest.layers, from: layout)
        let layers = zip(manifest.layers, configuration.rootfs.diffIDs).map { Layer(descriptor: $0, diffID: $1) }
        let directories = try await Concurrent.map(layers, limit: Concurrent.cores) { try await directory(of: $0) }
        return BuiltImage(
            documents: BuiltImage.Documents(manifest: manifest, configuration: configuration), layers: directories)
    }

    private struct Layer: Hashable, Sendable {
        var descriptor: Descriptor
        var diffID: Digest
    }

    private func directory(of layer: Layer) async throws -> FinishedLayer {
        // Two images may start from the same base at the same time.
        try await context.unpacking.value(of: layer.descriptor.digest.description) { try await unpacked(layer) }
    }

    private func unpacked(_ layer: Layer) async throws -> FinishedLayer {
        let digest = layer.descriptor.digest.description
        if let finished = try context.storage.finishedLayer(digest) { return finished }
        let compression = try Self.compression(layer.descriptor)
        let archive = try layout.openBlob(layer.descriptor)
        let expected = UnpackJob.Expected(
            digest: digest, size: UInt64(layer.descriptor.size), diffID: layer.diffID.description)
        let unpacked = try await attempt("unpack layer \(digest)") {
            try await context.during(.unpacking, digest, total: expected.size, archive: archive.raw) {
                try await context.storage.unpackLayer(
                    expected, compression, archive: archive.raw, limits: context.request.limits)
            }
        }
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
