import Diagnostics
import OCI
import Stackerfile

/// Writes the documents of an image, and gives it to the output layout.
struct Publication {
    let image: ImageRecipe
    let context: BuildContext
    /// Those that the script of `generate_labels` made.
    let generatedLabels: [String: String]

    /// Makes everything but the entry of index.json, which is added when it is the image's turn.
    ///
    /// - Returns: The documents, and what the image's name is to stand for.
    func write(
        _ added: [AddedLayer], above parent: BuiltImage.Documents?
    ) async throws -> (documents: BuiltImage.Documents, manifest: Descriptor) {
        let composition = ImageComposition(
            image: image, generatedLabels: generatedLabels, created: context.created, author: context.author,
            stackerfileText: context.file.text,
            annotationsNamespace: context.request.annotationsNamespace,
            gitVersion: await context.file.gitVersion.value())
        let configuration = composition.configuration(parent: parent?.configuration, added: added)
        try attempt("cannot describe the image") {
            // What would be refused when it is read, because of its size for one thing, is not written.
            _ = try ImageConfiguration(configuration.bytes, limits: context.request.limits)
        }
        let config = try context.layout.store(configuration.bytes)
        let manifest = Manifest(
            config: Descriptor(mediaType: MediaType.configuration, digest: config.digest, size: config.size),
            layers: (parent?.manifest.layers ?? []) + added.map(\.packed.descriptor),
            annotations: composition.annotations(parent: parent?.manifest.annotations ?? [:]))
        try attempt("cannot describe the image") { _ = try Manifest(manifest.bytes, limits: context.request.limits) }
        let stored = try context.layout.store(manifest.bytes)
        try LayerDirectories(context: context).check(manifest.layers)
        try context.layout.publish(manifest.layers.map(\.digest) + [config.digest, stored.digest])
        return (
            BuiltImage.Documents(digest: stored.digest, manifest: manifest, configuration: configuration),
            Descriptor(mediaType: MediaType.manifest, digest: stored.digest, size: stored.size)
        )
    }
}
