import Digests
import Diagnostics
import LinuxSystem

/// Which results of earlier builds stay, and with them which blobs and directories.
///
/// A value that looks at nothing, so that tests can try every case.
struct CollectionPlan: Sendable {
    /// Something that a build would find, and what it needs to be of use.
    struct Result: Hashable, Sendable {
        /// The entry of the cache directory.
        var name: ByteString
        var lastUse: FileStatus.Time
        var blobs: Set<Digest>
        var trees: Set<ByteString>
    }

    var results: [Result]
    /// Those that images were last made from or found as.
    var latest: Set<ByteString>
    /// What each blob and each tree takes.
    var blobs: [Digest: UInt64]
    var trees: [ByteString: UInt64]

    /// The latest result of each image; with a limit, instead, as many as fit into it, the last used first.
    func kept(within limit: UInt64?) -> [Result] {
        guard let limit else { return results.filter { latest.contains($0.name) } }
        var kept: [Result] = []
        var (left, seenBlobs, seenTrees) = (limit, Set<Digest>(), Set<ByteString>())
        for result in results.sorted(by: Self.isUsedLater) {
            let cost =
                result.blobs.subtracting(seenBlobs).reduce(0) { $0 &+ (blobs[$1] ?? 0) }
                &+ result.trees.subtracting(seenTrees).reduce(0) { $0 &+ (trees[$1] ?? 0) }
            // No older one instead: what was used later is worth more.
            guard cost <= left else { break }
            left -= cost
            seenBlobs.formUnion(result.blobs)
            seenTrees.formUnion(result.trees)
            kept.append(result)
        }
        return kept
    }

    private static func isUsedLater(_ first: Result, _ second: Result) -> Bool {
        let (one, other) = (first.lastUse, second.lastUse)
        return one == other
            ? first.name < second.name : (one.seconds, one.nanoseconds) > (other.seconds, other.nanoseconds)
    }
}
