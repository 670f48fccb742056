import Digests
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// Builds one image.
struct ImageBuild {
    let image: ImageRecipe
    let context: BuildContext
    /// Images of this build that are finished.
    let built: [String: BuiltImage]

    func run() async throws -> BuiltImage {
        let parent = try await parentImage()
        let imports = try importFiles()
        let root = try context.storage.makeRoot(image.name)
        try await unpackBase(into: root)
        try await runScript(in: root, above: parent?.layers ?? [], imports: imports)
        let layer = try await packLayer(of: root, above: parent?.layers ?? [])
        return try publish(layer, parent: parent, root: root)
    }

    /// The image this one adds to; `nil` where its own layer is the first.
    private func parentImage() async throws -> BuiltImage? {
        switch image.base {
        case .built(let tag):
            guard let parent = built[tag] else { throw Failure("its base \"\(tag)\" is not built") }
            return parent
        case .oci(let reference):
            return try await attempt("load the base \(ByteString(reference))") {
                try await LayoutBase(reference, context: context).load()
            }
        case .scratch, .tar, .docker: return nil
        }
    }

    /// Copies the imports, and returns what the build step sees of them.
    private func importFiles() throws -> [Step.Bind] {
        let store = try ImportStore(image: image.name, in: context.request.directories.stacker)
        let folder = context.request.stackerFile.removingLastComponent()
        var names: [ByteString] = []
        for item in image.imports {
            guard let path = FilePath(item.path) else {
                throw Failure("\(item.path) is no path: it holds a NUL", class: .rejected)
            }
            context.request.log.info("copying \(item.path)")
            names.append(try store.add(folder.pushing(path)))
        }
        if !image.run.isEmpty { try store.addScript(RunScript.text(image.run)) }
        return binds(of: store.path, names)
    }

    /// The older key `import` promises each file in /stacker as well, and all of them in /.stacker/imports.
    private func binds(of imports: FilePath, _ names: [ByteString]) -> [Step.Bind] {
        let source = ByteString(imports)
        func bind(_ name: ByteString, at destination: ByteString) -> Step.Bind {
            let path = name.isEmpty ? source : ByteString(source.bytes + [UInt8(ascii: "/")] + name.bytes)
            return Step.Bind(source: path, destination: destination, isWritable: false)
        }
        let everywhere = [bind("", at: "/stacker/imports")]
        guard image.usesLegacyImport else { return everywhere }
        return everywhere + [bind("", at: "/.stacker/imports")]
            + names.map { bind($0, at: ByteString(Array("/stacker/".utf8) + $0.bytes)) }
    }

    private func unpackBase(into root: BuildRoot) async throws {
        guard case .tar(let url) = image.base else { return }
        guard let path = FilePath(url) else {
            throw Failure("\(url) is no path: it holds a NUL", class: .rejected)
        }
        let archive = try Self.openArchive(path)
        let result = try await attempt("unpack \(url)") {
            try await context.storage.unpack(archive: archive.raw, into: root, limits: context.request.limits)
        }
        for warning in result.warnings { context.request.log.warning("\(url): \(warning)") }
    }

    private static func openArchive(_ path: FilePath) throws -> OwnedDescriptor {
        do throws(SystemError) {
            let archive = try OwnedDescriptor.open(path)
            guard try archive.status().kind != .directory else {
                throw SystemError("open", ByteString(path), errno: .isDirectory)
            }
            return archive
        } catch {
            var failure = error.explanation
            if error.errno == .noSuchFileOrDirectory {
                failure.hint = "the url of an archive is relative to the working directory"
            }
            throw failure
        }
    }

    private func runScript(in root: BuildRoot, above layers: [FinishedLayer], imports: [Step.Bind]) async throws {
        guard !image.run.isEmpty else { return }
        let step = root.step(
            above: layers,
            binds: imports,
            arguments: [ByteString("/stacker/imports/\(RunScript.name)")],
            environment: RunEnvironment.make(image: image.name, host: context.environment))
        let end = try await context.storage.run(step)
        guard end == .exited(0) else {
            throw Failure(
                "run commands failed for image \"\(image.name)\" in \"\(ByteString(context.request.stackerFile))\"",
                causes: [end.description],
                hint:
                    "see what it left in \(ByteString(context.request.directories.roots))/\(image.name)/overlay; `stacker clean` removes it"
            )
        }
    }

    /// A layer that is packed, as the image's documents name it.
    private struct PackedLayer {
        var descriptor: Descriptor
        /// Of the archive without compression.
        var diffID: Digest
    }

    /// Packs what was changed into a blob; `nil` when nothing was.
    private func packLayer(of root: BuildRoot, above layers: [FinishedLayer]) async throws -> PackedLayer? {
        guard try context.storage.hasChanges(root) else { return nil }
        let blob = try context.layout.temporaryBlob()
        let result = try await context.storage.pack(
            root, above: layers, archive: blob.raw, compression: context.request.compression,
            sourceDateEpoch: context.request.sourceDateEpoch)
        context.request.log.debug(
            "packed \(ByteCount(result.uncompressedSize)) into \(ByteCount(result.size)) (\(result.encoder))")
        for warning in result.warnings { context.request.log.warning(warning) }
        guard result.entries > 0 else { return nil }
        guard let digest = Digest(result.digest), let diffID = Digest(result.diffID),
            let size = Int64(exactly: result.size)
        else { throw MalformedMessage("the digests and the size of a layer") }
        try blob.commit(digest: digest, size: size)
        return PackedLayer(
            descriptor: Descriptor(
                mediaType: context.request.compression.layerMediaType, digest: digest, size: size,
                annotations: [AnnotationName.uncompressedSize: String(result.uncompressedSize)]),
            diffID: diffID)
    }

    /// Writes configuration and manifest, and tags them with the image's name.
    private func publish(_ layer: PackedLayer?, parent: BuiltImage?, root: BuildRoot) throws -> BuiltImage {
        let composition = ImageComposition(
            image: image, created: context.created, author: context.author, stackerfileText: context.stackerfileText)
        let configuration = composition.configuration(parent: parent?.configuration, layer: layer?.diffID)
        let config = try context.layout.store(configuration.bytes)
        var manifest = Manifest(
            config: Descriptor(mediaType: MediaType.configuration, digest: config.digest, size: config.size),
            layers: parent?.manifest.layers ?? [],
            annotations: composition.annotations(parent: parent?.manifest.annotations ?? [:]))
        if let layer { manifest.layers.append(layer.descriptor) }
        let stored = try context.layout.store(manifest.bytes)
        try context.layout.publish(manifest.layers.map(\.digest) + [config.digest, stored.digest])
        try context.layout.replaceTags([
            (
                tag: image.name,
                descriptor: Descriptor(mediaType: MediaType.manifest, digest: stored.digest, size: stored.size)
            )
        ])
        var layers = parent?.layers ?? []
        if let layer {
            layers.append(try context.storage.finish(root, digest: layer.descriptor.digest.description))
        }
        return BuiltImage(manifest: manifest, configuration: configuration, layers: layers)
    }
}
