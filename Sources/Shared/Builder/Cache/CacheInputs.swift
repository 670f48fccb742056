import Digests
import Diagnostics
import OCI
import Stackerfile
import Storage
import SystemPackage

/// What one image is made from, as keys see it, and the files of the host that it was taken from.
struct CacheInputs {
    let layers: LayerInputs
    let image: ImageInputs
    private let sources: [FilePath: SourceDigests.Source]
    private let archives: [FilePath: SourceDigests.Source]

    /// Looks at everything that the image takes in.
    init(_ image: ImageRecipe, above parent: BuiltImage, in context: BuildContext) throws {
        var sources = Sources(context: context)
        var layers = LayerInputs(
            name: image.name, platform: Platform.host, base: try Self.chain(of: parent, in: context))
        if case .tar(let url) = image.base { layers.archive = try sources.archive(url) }
        layers.added = try image.imports.map { try sources.addedInput($0) }
        if !image.run.isEmpty { layers.script = RunScript.text(image.run) }
        layers.sourceDateEpoch = context.request.sourceDateEpoch
        layers.usesLegacyImport = image.usesLegacyImport
        self.layers = layers
        self.image = ImageInputs(
            layers: layers.key, encoder: context.request.encoder,
            base: parent.documents.map { Digest(of: $0.manifest.bytes) }, recipe: ImageInputs.Documents(image),
            provenance: Self.provenance(image, context))
        (self.sources, archives) = (sources.seen, sources.archives)
    }

    /// What tells the layers below from any others.
    private static func chain(of parent: BuiltImage, in context: BuildContext) throws -> [String] {
        let packed = parent.documents?.configuration.rootfs.diffIDs.map(\.hex) ?? []
        return try packed
            + parent.unpacked.map { layer in
                guard let trace = try context.storage.trace(of: layer.directory) else {
                    throw Failure("a layer of the base is not complete")
                }
                return "\(trace.name) \(trace.identity)"
            }
    }

    /// A reproducible image is the same whenever it is made, so everything that its documents say counts.
    private static func provenance(_ image: ImageRecipe, _ context: BuildContext) -> [String] {
        let composition = ImageComposition(
            image: image, created: context.created, author: context.author, stackerfileText: context.stackerfileText)
        let annotations = composition.annotations(parent: [:]).sorted { $0.key < $1.key }
        guard context.request.sourceDateEpoch != nil else { return annotations.map(\.key) }
        return annotations.flatMap { [$0.key, $0.value] } + [String(context.created), context.author]
    }

    /// The first of the files that is not what it was when it was looked at.
    func changedSource(in digests: SourceDigests) -> FilePath? {
        let changed =
            sources.filter { !digests.isUnchanged($0.key, since: $0.value) }.map(\.key)
            + archives.filter { !digests.isUnchanged(archive: $0.key, since: $0.value) }.map(\.key)
        return changed.min { ByteString($0) < ByteString($1) }
    }

    /// Of directories: what is in them, by digest.
    var listings: [(digest: String, listing: TreeListing)] {
        sources.values.compactMap { source in source.listing.map { (source.content.hex, $0) } }
    }

    func listing(_ digest: String) -> TreeListing? { listings.first { $0.digest == digest }?.listing }

    private struct Sources {
        let context: BuildContext
        var seen: [FilePath: SourceDigests.Source] = [:]
        var archives: [FilePath: SourceDigests.Source] = [:]

        mutating func look(at path: ByteString, relativeTo folder: FilePath) throws -> SourceDigests.Source {
            guard let relative = FilePath(path) else { throw Failure("\(path) is no path: it holds a NUL") }
            let full = folder.pushing(relative)
            let source = try context.cache.sources.source(full)
            seen[full] = source
            return source
        }

        /// Only the bytes count: it does not matter what an archive is called, or who may read it.
        mutating func archive(_ url: ByteString) throws -> String {
            guard let path = FilePath(url) else { throw Failure("\(url) is no path: it holds a NUL") }
            let source = try context.cache.sources.archive(path)
            archives[path] = source
            return source.content.hex
        }

        mutating func addedInput(_ item: FileReference) throws -> AddedInput {
            let folder = context.request.stackerFile.removingLastComponent()
            let source = try look(at: item.path, relativeTo: folder)
            let name = FilePath(item.path)?.lastComponent.map { ByteString(FilePath(root: nil, [$0])) }
            return AddedInput(
                kind: .importForStep, path: item.path, name: name ?? "", destination: nil, mode: nil, user: nil,
                group: nil, content: source.content, isDirectory: source.listing != nil)
        }
    }
}
