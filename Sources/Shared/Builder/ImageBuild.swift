import Digests
import Diagnostics
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// Builds one image.
///
/// Its layers, lowest first: those of its base, those of bases that are only for building, those of files that were
/// added, and what its own build step changed.
struct ImageBuild {
    let image: ImageRecipe
    let context: BuildContext
    /// Images of this build that are finished.
    let built: [String: BuiltImage]

    /// Everything but the entry in index.json, which ``BuiltImage/manifest`` asks for.
    func run() async throws -> BuiltImage {
        let base = try ParentImage.load(for: image, in: context, built: built)
        let cache = await ImageCache(image, above: base, built, in: context)
        switch cache.find() {
        case .image(let image): return image
        case .layers(let added, let labels): return try await describe(added, labels, above: base, cache)
        case .nothing: return try await make(above: base, cache)
        }
    }

    /// Makes an image of layers that are there.
    private func describe(
        _ added: [AddedLayer], _ labels: [String: String], above base: BuiltImage, _ cache: ImageCache
    ) async throws -> BuiltImage {
        try LayerDirectories(context: context).adopt(base)
        let layers = base.layers + added.map { context.storage.layer($0.packed.descriptor.digest.description) }
        let result = try await write(added, labels, above: base, layers)
        cache.keep(added, labels, as: result)
        return result
    }

    private func make(above base: BuiltImage, _ cache: ImageCache) async throws -> BuiltImage {
        let binds = try UserBinds.resolve(image, against: context.file.directory)
        // git is started several times, which need not wait until the documents are written.
        async let version = context.file.gitVersion.value()
        let files = AddedFiles(image: image, context: context, stack: stack)
        let directories = LayerDirectories(context: context)
        let isLong = try image.takesFiles || archiveBase != nil || !directories.areComplete(base)
        let (imports, parent) = try await context.rehearsal.beside(isLong: isLong) {
            (try await files.importForStep(), try await directories.prepare(base))
        }
        try context.storage.putAsideLayers(of: image.name)
        let archive = image.addsLayers ? try await archiveBase?.makeLayer() : nil
        let lowest = archive.map { [$0] } ?? []
        let added = try await lowest + files.makeLayers(above: parent.stack + lowest.map(\.directory))
        let root = try context.storage.makeRoot(image.name)
        if archive == nil { try await archiveBase?.unpack(into: root) }
        try await ScriptRun(image: image, context: context)
            .run(in: root, above: parent.stack + added.map(\.directory), binds: imports + binds)
        _ = await version
        let own = try ownLayer(in: root)
        let layers = added + (own.map { [$0] } ?? [])
        guard !image.isBuildOnly else {
            cache.keep(layers)
            return parent.extended(by: layers)
        }
        let result = try await publish(layers, above: parent, cache)
        if own != nil { _ = try context.storage.makeRoot(image.name) }
        return result
    }

    private var archiveBase: ArchiveBase? {
        guard case .tar(let url) = image.base else { return nil }
        return ArchiveBase(url: url, image: image.name, context: context, stack: stack)
    }

    /// The root file system of an image of this build that is finished.
    @Sendable private func stack(of name: String) async throws -> [FinishedLayer] {
        guard let image = built[name] else { throw Failure("the image \"\(name)\" is not built") }
        // An earlier build may have made it, and its directories may be gone.
        return try await LayerDirectories(context: context).prepare(image).stack
    }

    /// What was changed in the root, as a layer; `nil` when nothing was.
    private func ownLayer(in root: BuildRoot) throws -> UnpackedLayer? {
        guard try context.storage.hasChanges(root) else { return nil }
        return UnpackedLayer(
            directory: try context.storage.seal(root), createdBy: "stacker build of \(image.name)")
    }

    /// Makes an image of its own layers, and those below them that have no blob yet.
    private func publish(_ own: [UnpackedLayer], above parent: BuiltImage, _ cache: ImageCache) async throws
        -> BuiltImage
    {
        var directories = parent.layers
        var added: [AddedLayer] = []
        for (position, layer) in (parent.unpacked + own).enumerated() {
            let packed = try await context.packing.pack(layer.directory, above: directories, in: context)
            guard let packed else { continue }
            added.append(AddedLayer(packed: packed, createdBy: layer.createdBy))
            // What belongs to another image keeps its name: more images may stand on it.
            let isOwn = position >= parent.unpacked.count
            directories.append(
                isOwn
                    ? try context.storage.name(layer.directory, for: packed.descriptor.digest.description)
                    : layer.directory)
        }
        let labels = try await GeneratedLabels(image: image, context: context).make(above: directories)
        let result = try await write(added, labels, above: parent, directories)
        cache.keep(added, labels, as: result)
        return result
    }

    /// Writes the documents of an image whose layers, with those of its base, are in these directories.
    private func write(
        _ added: [AddedLayer], _ labels: [String: String], above base: BuiltImage, _ layers: [FinishedLayer]
    ) async throws -> BuiltImage {
        let publication = Publication(image: image, context: context, generatedLabels: labels)
        let (documents, manifest) = try await publication.write(added, above: base.documents)
        return BuiltImage(documents: documents, layers: layers, manifest: manifest)
    }
}
