import Digests
import Diagnostics
import LinuxSystem
import OCI
import Storage
import SystemPackage

/// An image of an OCI layout that another image starts from, `PATH:TAG`.
struct LayoutBase {
    private let context: BuildContext
    private let layout: ImageLayout
    private let digest: Digest
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
        digest = descriptor.digest
        manifest = try layout.manifest(of: descriptor)
        configuration = try layout.configuration(of: manifest)
    }

    /// The image as its documents have it; nothing of it is copied or unpacked yet.
    var image: BuiltImage {
        BuiltImage(
            documents: BuiltImage.Documents(digest: digest, manifest: manifest, configuration: configuration),
            layers: manifest.layers.map { context.storage.layer($0.digest.description) }, origin: layout)
    }

    /// Makes its blobs stacker's own, and unpacks the layers that are not unpacked yet.
    func load() async throws -> BuiltImage { try await LayerDirectories(context: context).prepare(image) }
}
