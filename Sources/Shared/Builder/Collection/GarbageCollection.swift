import Digests
import Diagnostics
import HelperClient
import LinuxSystem
import OCI
import Storage
import SystemPackage

/// Removes what earlier builds keep and nobody needs any more.
///
/// Nothing is written before something was removed, and nothing has to be: it works on a full disk. Records go before
/// what they lead to, and the mark of a directory before the directory, so whenever it is cut off, what is left is right.
struct GarbageCollection {
    let request: GarbageRequest
    private let storage: OverlayStorage
    private let blobs: OwnBlobs
    /// `nil` where there is none to look into.
    private let cache: CacheDirectory?
    private let layout: ImageLayout?

    /// The directories must be there, and locked.
    init(_ request: GarbageRequest) throws {
        self.request = request
        let directories = request.directories
        let entrance = try Namespace.entrance(roots: directories.roots)
        storage = try OverlayStorage(
            roots: directories.roots, helper: entrance.helper, namespace: entrance.namespace)
        blobs = try OwnBlobs(directories.stacker.appending("blobs"))
        cache = try? CacheDirectory(in: directories.stacker)
        layout =
            try PrivateDirectory.exists(directories.oci)
            ? try ImageLayout.open(existing: directories.oci, limits: request.limits) : nil
    }

    func run() async throws {
        if request.verifies { try removeDamaged() }
        let tagged = try layout?.reachable()
        let inventory = try cache.map { (cache) throws(SystemError) in
            try CollectionInventory(cache, blobs, limits: request.limits)
        }
        let trees = try storage.trees()
        let blobSizes = try blobs.sizes()
        let treeSizes = try await storage.sizes(of: trees.map(\.name))
        let plan = CollectionPlan(
            results: inventory?.results ?? [], latest: inventory?.latest ?? [], blobs: blobSizes, trees: treeSizes)
        let kept = plan.kept(within: request.keepStorage)

        let records = try inventory.map { try removeRecords($0, except: kept) } ?? 0
        try PrivateDirectory.remove(["imports", "imports-copy"], from: request.directories.stacker)
        let needed = kept.reduce(into: tagged ?? []) { $0.formUnion($1.blobs) }
        // Where it is not known what an image needs, what it may share stays: that takes no space of its own.
        let unneeded = blobSizes.filter { !needed.contains($0.key) && (tagged != nil || layout == nil || $0.value > 0) }
        var freed = try blobs.remove(unneeded.keys.sorted())
        let gone = unneededTrees(trees, kept, tagged: tagged ?? [])
        try await storage.remove(gone)
        try await storage.emptyTrash()
        freed.bytes &+= gone.reduce(0) { $0 &+ (treeSizes[$1] ?? 0) }
        request.log.info(
            "freed \(ByteCount(freed.bytes)): \(records) results, \(unneeded.count) blobs, \(gone.count) directories")
    }

    /// - Returns: How many results went.
    private func removeRecords(_ inventory: CollectionInventory, except kept: [CollectionPlan.Result]) throws -> Int {
        guard let cache else { return 0 }
        let stay = Set(kept.map(\.name))
        let gone = inventory.results.map(\.name).filter { !stay.contains($0) } + inventory.useless
        let names = inventory.names.filter { $0.value.results.contains { stay.contains(ByteString($0)) } }
        let listings = Set(names.values.flatMap(\.inputs).map { BuildCache.listingName($0.content) })
        let uselessNames = inventory.names.keys.filter { names[$0] == nil }.sorted() + inventory.uselessNames
        try cache.remove(uselessNames, in: .names)
        try cache.remove(gone + inventory.listings.subtracting(listings).sorted(), in: .results)
        return gone.count
    }

    /// Without a limit, directories of the layers of images that have a name stay too.
    private func unneededTrees(
        _ trees: [OverlayStorage.Tree], _ kept: [CollectionPlan.Result], tagged: Set<Digest>
    ) -> [ByteString] {
        var needed = kept.reduce(into: Set<ByteString>()) { $0.formUnion($1.trees) }
        if request.keepStorage == nil { needed.formUnion(tagged.map(CollectionInventory.tree)) }
        return trees.map(\.name).filter { !needed.contains($0) }
    }

    private func removeDamaged() throws {
        let ours = try blobs.sizes().keys.sorted().filter { !blobs.isIntact($0) }
        for blob in try layout.map({ try blobs.removeDamaged(in: $0) }) ?? [] {
            let place = "in \(ByteString(request.directories.oci))"
            let end = blob.isOurs ? "removed" : "left, because another program put it there"
            request.log.warning("blob \(blob.digest) \(place) is damaged: \(end)")
        }
        _ = try blobs.remove(ours)
        for digest in ours { request.log.warning("blob \(digest) is damaged: removed") }
        // What builds knew of unchanged files was wrong.
        if !ours.isEmpty { try cache?.remove(["blobs"], in: .results) }
    }
}
