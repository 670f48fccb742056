import Digests
import Diagnostics
import OCI
import Stackerfile
import Storage
import SystemPackage

/// What one image is made from, as keys see it, and the files of the host that it was taken from.
struct CacheInputs: Sendable {
    let layers: LayerInputs
    let image: ImageInputs
    private let files: CachedSources

    /// Looks at everything that the image takes in.
    init(_ image: ImageRecipe, above parent: BuiltImage, _ built: [String: BuiltImage], in context: BuildContext)
        async throws
    {
        var files = CachedSources(context: context, built: built)
        var layers = LayerInputs(
            name: image.name, platform: image.platform, base: try parent.chain(in: context), archive: nil)
        if case .tar(let url) = image.base { layers.archive = try files.archive(url) }
        layers.added = try image.overlayDirectories.map { (item) throws in try files.addedInput(item) }
        layers.added += try image.imports.map { (item) throws in try files.addedInput(item) }
        if !image.run.isEmpty { layers.script = RunScript.text(image.run) }
        layers.environment = try RunEnvironment.decisive(for: image, host: context.environment)
        layers.binds = image.binds.flatMap { [$0.source.path, $0.destination?.path ?? ""] }
        layers.labelScript = image.generateLabels.joined(separator: "\n")
        layers.sourceDateEpoch = context.request.sourceDateEpoch
        layers.usesLegacyImport = image.usesLegacyImport
        layers.isBuildOnly = image.isBuildOnly
        self.layers = layers
        self.image = ImageInputs(
            layers: layers.key, encoder: context.request.encoder,
            base: parent.documents?.digest, recipe: ImageInputs.Documents(image),
            provenance: await Self.provenance(image, context))
        self.files = files
    }

    /// A reproducible image is the same whenever it is made, so everything that its documents say counts.
    ///
    /// Any other says when, by whom and from which text it was made first, and stays what it is.
    private static func provenance(_ image: ImageRecipe, _ context: BuildContext) async -> [String] {
        guard context.request.sourceDateEpoch != nil else { return [context.request.annotationsNamespace] }
        let composition = ImageComposition(
            image: image, created: context.created, author: context.author, stackerfileText: context.file.text,
            annotationsNamespace: context.request.annotationsNamespace,
            gitVersion: await context.file.gitVersion.value())
        let annotations = composition.annotations(parent: [:]).sorted { $0.key < $1.key }
        return annotations.flatMap { [$0.key, $0.value] } + [String(context.created), context.author]
    }

    /// The first of the files that is not what it was when it was looked at.
    func changedSource() -> FilePath? { files.changed() }

    /// Of directories: what is in them, by digest.
    var listings: [(digest: String, listing: TreeListing)] { files.listings }

    func listing(_ digest: String) -> TreeListing? { listings.first { $0.digest == digest }?.listing }
}

extension BuiltImage {
    /// What tells its layers from any others, lowest first.
    func chain(in context: BuildContext) throws -> [String] {
        let packed = documents?.configuration.rootfs.diffIDs.map(\.hex) ?? []
        return try packed
            + unpacked.map { layer in
                guard let trace = try context.storage.trace(of: layer.directory) else {
                    throw Failure("a layer of the base is not complete")
                }
                return "\(trace.name) \(trace.identity)"
            }
    }
}
