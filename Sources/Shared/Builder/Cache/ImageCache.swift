import Digests
import Diagnostics
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// Finding and keeping the results of one image.
struct ImageCache: Sendable {
    private let image: ImageRecipe
    private let context: BuildContext
    private let base: BuiltImage
    /// `nil` where it cannot be told what the image is made from; then the build itself says why.
    private let inputs: CacheInputs?

    init(_ image: ImageRecipe, above base: BuiltImage, _ built: [String: BuiltImage], in context: BuildContext) async {
        (self.image, self.base, self.context) = (image, base, context)
        do {
            inputs = try await CacheInputs(image, above: base, built, in: context)
        } catch {
            context.request.log.debug("cannot look into the cache: \(Failure(explaining: error))")
            inputs = nil
        }
    }

    private var cache: BuildCache { context.cache }

    /// What an earlier build has left to do.
    enum Found {
        /// Nothing.
        case image(BuiltImage)
        /// To write the documents, above those of the base, with the labels that a script of the image made.
        case layers([AddedLayer], labels: [String: String])
        /// Everything.
        case nothing
    }

    /// A result that is there and cannot be used.
    private struct Unusable: Error { let reason: String }

    /// Looks for a result, and says why there is none.
    func find() -> Found {
        guard cache.isRead, let inputs else { return .nothing }
        guard let record = cache.record(inputs.layers.key).flatMap(LayersRecord.init) else {
            explainMiss(inputs)
            return .nothing
        }
        guard image.binds.isEmpty else {
            context.request.log.info("rebuilding cached layer due to use of binds in stacker file")
            return .nothing
        }
        do throws(Unusable) {
            let found = try find(record, inputs)
            note(found)
            keepInputs(inputs)
            return found
        } catch {
            context.request.log.info("cache miss because \(error.reason)")
            return .nothing
        }
    }

    private func note(_ found: Found) {
        switch found {
        case .image: context.request.log.info("found cached layer \(image.name)")
        case .layers: context.request.log.info("found cached files of \(image.name), writing its configuration anew")
        case .nothing: break
        }
    }

    private func find(_ record: LayersRecord, _ inputs: CacheInputs) throws(Unusable) -> Found {
        if image.isBuildOnly { return .image(try unpackedImage(record)) }
        let added = try addedLayers(record)
        if let image = cachedImage(inputs, added) { return .image(image) }
        return .layers(added, labels: record.labels)
    }

    private func unpackedImage(_ record: LayersRecord) throws(Unusable) -> BuiltImage {
        var result = base
        (result.manifest, result.isCached) = (nil, true)
        for layer in record.layers {
            guard let trace = layer.directory, let directory = try? context.storage.layer(trace) else {
                let roots = ByteString(context.request.directories.roots)
                throw Unusable(reason: "what it left in \(roots) is gone or was changed")
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
                throw Unusable(reason: "its layer \(blob.descriptor.digest) is gone or damaged")
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
            let below = base.documents?.manifest.layers ?? []
            guard manifest.layers == below + added.map(\.packed.descriptor) else { return nil }
            if !manifest.layers.allSatisfy(isIntact) {
                try LayerDirectories(context: context).adopt(base)
                guard manifest.layers.allSatisfy(isIntact) else { return nil }
            }
            try publish(manifest.layers.map(\.digest) + [manifest.config.digest, record.manifest.digest])
            return BuiltImage(
                documents: BuiltImage.Documents(
                    digest: record.manifest.digest, manifest: manifest, configuration: configuration),
                layers: base.layers + added.map { context.storage.layer($0.packed.descriptor.digest.description) },
                manifest: record.manifest, isCached: true)
        } catch {
            context.request.log.debug("cannot use what is kept of \(image.name): \(Failure(explaining: error))")
            return nil
        }
    }

    private func isIntact(_ layer: Descriptor) -> Bool { cache.blobs.isIntact(layer, in: context.layout) }

    /// Gives the output layout what it has not, which is nothing unless somebody took it away.
    private func publish(_ digests: [Digest]) throws {
        let new = digests.filter { !cache.isKnownAsPublished($0) }
        if try !context.layout.isPublished(new) { try context.layout.publish(new) }
        cache.noteAsPublished(new)
    }

    private func explainMiss(_ inputs: CacheInputs) {
        guard let last = cache.lastInputs(of: image.name) else { return }
        let log = context.request.log
        let miss = CacheMiss.explain(last, InputsRecord(inputs), verbose: log.level == .debug) { before, now in
            guard let old = cache.listing(before), let new = inputs.listing(now) else { return nil }
            return new.changes(since: old)
        }
        for line in miss.lines { log.info(line) }
        for line in miss.more { log.debug(line) }
    }

    /// Keeps what was made, unless what it was made from changed meanwhile.
    ///
    /// `layers` are those above the documents of the base, lowest first.
    func keep(_ layers: [AddedLayer], _ labels: [String: String], as built: BuiltImage) {
        guard let inputs, isKeepable(inputs) else { return }
        let known = cache.record(inputs.layers.key).flatMap(LayersRecord.init)?.layers ?? []
        let kept = layers.enumerated().map { place, layer in
            // The same files may be there already, compressed in another way.
            let others = known.count == layers.count ? known[place].blobs : [:]
            let blobs = others.filter { $0.value.diffID == layer.packed.diffID }
                .merging([context.request.encoder: layer.packed]) { _, new in new }
            return LayersRecord.Layer(createdBy: layer.createdBy, blobs: blobs)
        }
        cache.keep(LayersRecord(kept, labels: labels).json, under: inputs.layers.key)
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

    /// Keeps what the image was made from, for whoever asks next why it is made again.
    private func keepInputs(_ inputs: CacheInputs) {
        cache.keepInputs(InputsRecord(inputs), of: image.name)
        for (digest, listing) in inputs.listings { cache.keep(listing, digest: digest) }
    }

    private func isKeepable(_ inputs: CacheInputs) -> Bool {
        guard let changed = inputs.changedSource() else { return true }
        context.request.log.warning(
            "\(ByteString(changed)) was changed while \"\(image.name)\" was built; the next build makes it again")
        return false
    }
}
