import Digests
import Diagnostics
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// Finding and keeping the results of one image.
struct ImageCache {
    private let image: ImageRecipe
    private let context: BuildContext
    private let parent: BuiltImage
    /// `nil` where it cannot be told what the image is made from; then the build itself says why.
    private let inputs: CacheInputs?

    init(_ image: ImageRecipe, above parent: BuiltImage, in context: BuildContext) {
        (self.image, self.parent, self.context) = (image, parent, context)
        do {
            inputs = try CacheInputs(image, above: parent, in: context)
        } catch {
            context.request.log.debug("cannot look into the cache: \(Failure(explaining: error))")
            inputs = nil
        }
    }

    private var cache: BuildCache { context.cache }

    /// What is left to do.
    enum Found {
        /// Nothing.
        case image(BuiltImage)
        /// To write the documents, above those of the base.
        case layers([AddedLayer])
        case nothing
    }

    /// Looks for a result, and says why there is none.
    func find() -> Found {
        guard cache.isRead, let inputs else { return .nothing }
        let record = cache.record(inputs.layers.key).flatMap(LayersRecord.init)
        if image.usesBinds {
            if record != nil {
                context.request.log.info("rebuilding cached layer due to use of binds in stacker file")
            }
            return .nothing
        }
        guard let record else {
            explainMiss(inputs)
            return .nothing
        }
        do {
            let found = try find(record, inputs)
            context.request.log.info("found cached layer \(image.name)")
            return found
        } catch {
            context.request.log.info("cache miss because \(error.reason)")
            return .nothing
        }
    }

    /// A result that is there and cannot be used.
    private struct Unusable: Error { let reason: String }

    private func find(_ record: LayersRecord, _ inputs: CacheInputs) throws(Unusable) -> Found {
        if inputs.layers.isBuildOnly { return .image(try unpackedImage(record)) }
        let added = try addedLayers(record)
        if let image = cachedImage(inputs, added) { return .image(image) }
        return .layers(added)
    }

    private func unpackedImage(_ record: LayersRecord) throws(Unusable) -> BuiltImage {
        var result = parent
        (result.manifest, result.isCached) = (nil, true)
        for layer in record.layers {
            guard let trace = layer.directory, let directory = try? context.storage.layer(trace) else {
                throw Unusable(reason: "what it left in \(context.request.directories.roots) is gone or was changed")
            }
            result.unpacked.append(UnpackedLayer(directory: directory, createdBy: layer.createdBy))
        }
        return result
    }

    private func addedLayers(_ record: LayersRecord) throws(Unusable) -> [AddedLayer] {
        var added: [AddedLayer] = []
        for layer in record.layers {
            guard let blob = layer.blobs[context.request.encoder] else {
                throw Unusable(reason: "its layers were compressed in another way")
            }
            guard cache.blobs.isIntact(blob.descriptor, in: context.layout) else {
                throw Unusable(reason: "layer \(blob.descriptor.digest) is gone or damaged")
            }
            added.append(AddedLayer(packed: blob, createdBy: layer.createdBy))
        }
        return added
    }

    /// The whole image, if its documents and every layer are there; whatever is wrong with them, they are made again.
    private func cachedImage(_ inputs: CacheInputs, _ added: [AddedLayer]) -> BuiltImage? {
        guard let record = cache.record(inputs.image.key).flatMap(ImageRecord.init) else { return nil }
        do {
            let manifest = try context.layout.manifest(of: record.manifest)
            let configuration = try context.layout.configuration(of: manifest)
            let below = parent.documents?.manifest.layers ?? []
            guard manifest.layers == below + added.map(\.packed.descriptor),
                manifest.layers.allSatisfy({ cache.blobs.isIntact($0, in: context.layout) })
            else { return nil }
            let digests = manifest.layers.map(\.digest) + [manifest.config.digest, record.manifest.digest]
            if try !context.layout.isPublished(digests) { try context.layout.publish(digests) }
            return BuiltImage(
                documents: BuiltImage.Documents(manifest: manifest, configuration: configuration),
                layers: manifest.layers.map { context.storage.layer($0.digest.description) },
                manifest: record.manifest, isCached: true)
        } catch {
            return nil
        }
    }

    private func explainMiss(_ inputs: CacheInputs) {
        guard let last = cache.lastInputs(of: image.name) else { return }
        let log = context.request.log
        let miss = CacheMiss.explain(last, InputsRecord(inputs.layers), verbose: log.level == .debug) { before, now in
            guard let old = cache.listing(before), let new = inputs.listing(now) else { return nil }
            return new.changes(since: old)
        }
        for line in miss.lines { log.info(line) }
        for line in miss.more { log.debug(line) }
    }

    /// Keeps what was made, unless what it was made from changed meanwhile.
    ///
    /// `layers` are those above the documents of the base, lowest first.
    func keep(_ layers: [AddedLayer], as built: BuiltImage) {
        guard let inputs, isKeepable(inputs) else { return }
        let known = cache.record(inputs.layers.key).flatMap(LayersRecord.init)
        let record = LayersRecord(
            layers.enumerated().map { place, layer in
                var blobs = [context.request.encoder: layer.packed]
                if let known, known.layers.count == layers.count {
                    // The same files, compressed in another way.
                    blobs.merge(known.layers[place].blobs.filter { $0.value.diffID == layer.packed.diffID }) { new, _ in
                        new
                    }
                }
                return LayersRecord.Layer(createdBy: layer.createdBy, blobs: blobs)
            })
        for layer in layers { cache.blobs.remember(layer.packed.descriptor, in: context.layout) }
        cache.keep(record.json, under: inputs.layers.key)
        if let manifest = built.manifest { cache.keep(ImageRecord(manifest: manifest).json, under: inputs.image.key) }
        keepInputs(inputs)
    }

    /// Keeps that the layers of an image that is only for building are in these directories.
    func keep(_ layers: [UnpackedLayer]) {
        guard let inputs, isKeepable(inputs) else { return }
        var kept: [LayersRecord.Layer] = []
        for layer in layers {
            // One that cannot be told from others cannot be found again.
            guard let trace = try? context.storage.trace(of: layer.directory) else { return }
            kept.append(LayersRecord.Layer(createdBy: layer.createdBy, directory: trace))
        }
        cache.keep(LayersRecord(kept).json, under: inputs.layers.key)
        keepInputs(inputs)
    }

    private func keepInputs(_ inputs: CacheInputs) {
        cache.keepInputs(InputsRecord(inputs.layers), of: image.name)
        for (digest, listing) in inputs.listings { cache.keep(listing, digest: digest) }
    }

    private func isKeepable(_ inputs: CacheInputs) -> Bool {
        guard let changed = inputs.changedSource(in: cache.sources) else { return true }
        context.request.log.warning(
            "\(ByteString(changed)) was changed while \"\(image.name)\" was built; the next build makes it again")
        return false
    }
}
