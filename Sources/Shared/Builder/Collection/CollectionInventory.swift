import Digests
import Diagnostics
import LinuxSystem
import OCI
import Storage

/// What the cache directory holds, and what each entry needs.
struct CollectionInventory: Sendable {
    var results: [CollectionPlan.Result] = []
    /// Entries that lead to nothing any more.
    var useless: [ByteString] = []
    /// What images were last made from, by the name of the image.
    var names: [ByteString: InputsRecord] = [:]
    var uselessNames: [ByteString] = []
    /// What is known of directories that were taken in.
    var listings: Set<ByteString> = []

    private let blobs: OwnBlobs
    private let limits: Limits

    init(_ cache: CacheDirectory, _ blobs: OwnBlobs, limits: Limits) throws(SystemError) {
        (self.blobs, self.limits) = (blobs, limits)
        for entry in try cache.entries(in: .results) {
            if entry.name.bytes.starts(with: BuildCache.listingPrefix.bytes) {
                listings.insert(entry.name)
            } else if let text = entry.name.utf8Text, Digest(hex: text) != nil {
                add(entry.name, entry.lastUse, cache.read(entry.name, isUse: false))
            }
        }
        for entry in try cache.entries(in: .names) {
            let json = cache.read(entry.name, in: .names, isUse: false).flatMap {
                try? StrictJSON.parse($0, limits: limits)
            }
            if let record = json.flatMap(InputsRecord.init) {
                names[entry.name] = record
            } else {
                uselessNames.append(entry.name)
            }
        }
    }

    /// The results that images were last made from or found as.
    var latest: Set<ByteString> { Set(names.values.flatMap(\.results).map { ByteString($0) }) }

    private mutating func add(_ name: ByteString, _ lastUse: FileStatus.Time, _ bytes: [UInt8]?) {
        guard let bytes, let json = try? StrictJSON.parse(bytes, limits: limits), let needs = needs(of: json) else {
            return useless.append(name)
        }
        results.append(
            CollectionPlan.Result(name: name, lastUse: lastUse, blobs: needs.blobs, trees: needs.trees))
    }

    private func needs(of json: JSONValue) -> (blobs: Set<Digest>, trees: Set<ByteString>)? {
        if let record = LayersRecord(json) {
            let digests = record.layers.flatMap { $0.blobs.values.map(\.descriptor.digest) }
            return (
                Set(digests),
                Set(digests.map(Self.tree) + record.layers.compactMap { $0.directory?.name }.map { ByteString($0) })
            )
        }
        guard let record = ImageRecord(json),
            let bytes = blobs.contents(of: record.manifest.digest, limit: limits.jsonBytes),
            let manifest = try? Manifest(bytes, limits: limits)
        else { return nil }
        let layers = manifest.layers.map(\.digest)
        return (Set(layers + [manifest.config.digest, record.manifest.digest]), Set(layers.map(Self.tree)))
    }

    static func tree(of digest: Digest) -> ByteString { OverlayStorage.name(ofLayer: digest.description) }
}
