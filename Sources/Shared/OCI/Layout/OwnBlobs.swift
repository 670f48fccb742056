public import Digests
public import Diagnostics
import Glibc
public import LinuxSystem
public import SystemPackage

/// Stacker's own blobs, whatever layouts they are in besides.
///
/// Removing here needs no space on the disk: nothing is written.
public final class OwnBlobs: Sendable {
    private let workshop: Workshop

    /// Opens `blobs`, the directory that ``ImageLayout/openOrCreate(at:blobs:limits:)`` was given.
    public init(_ blobs: FilePath) throws { workshop = try Workshop(blobs: blobs) }

    /// All there are, with what each takes: nothing where a layout has the same file.
    public func sizes() throws -> [Digest: UInt64] {
        var sizes: [Digest: UInt64] = [:]
        for digest in try workshop.blobs.descriptor.names().compactMap(Digest.init(fileName:)) {
            guard let status = try workshop.blobs.status(of: digest) else { continue }
            sizes[digest] = status.links > 1 ? 0 : UInt64(clamping: status.size)
        }
        return sizes
    }

    /// The bytes of a small blob; `nil` where they are not there, too many, or not what the digest says.
    public func contents(of digest: Digest, limit: Int) -> [UInt8]? {
        guard let bytes = try? workshop.blobs.descriptor.contents(of: digest.fileName, limit: limit),
            Digest(of: bytes) == digest
        else { return nil }
        return bytes
    }

    /// Reads the whole blob, and tells whether its bytes are what its name says.
    public func isIntact(_ digest: Digest) -> Bool {
        guard let file = try? workshop.blobs.open(digest) else { return false }
        return (try? BlobDirectory.digest(of: file)) == digest
    }

    /// Removes blobs, and what killed builds left unfinished.
    public func remove(_ digests: [Digest]) throws -> FreedSpace {
        var freed = FreedSpace()
        try workshop.blobs.parent.removeAbandonedFiles()
        for digest in digests {
            guard let status = try workshop.blobs.status(of: digest) else { continue }
            try workshop.blobs.descriptor.unlink(digest.fileName)
            freed.count(status)
        }
        return freed
    }

    /// Reads every blob of a layout, and takes those away that are damaged and that stacker put there.
    ///
    /// - Returns: The damaged ones; of those that somebody else put there, which stay, whether they are ours is false.
    public func removeDamaged(in layout: ImageLayout) throws -> [(digest: Digest, isOurs: Bool)] {
        let lock = try LayoutLock(layout.root, limits: layout.limits)
        defer { withExtendedLifetime(lock) {} }
        let place = try layout.blobs.descriptor.status().inode
        let known = try workshop.record.read()
        var damaged: [(digest: Digest, isOurs: Bool)] = []
        for digest in try layout.blobs.descriptor.names().compactMap(Digest.init(fileName:)).sorted() {
            guard let status = try layout.blobs.status(of: digest), status.kind == .regular,
                let file = try layout.blobs.open(digest), try BlobDirectory.digest(of: file) != digest
            else { continue }
            let entry = PublicationRecord.Entry(layout: place, digest: digest, inode: status.inode)
            let own = try workshop.blobs.status(of: digest)
            let isOurs = known.contains(entry) || own.map { $0.isSameFile(as: status) } ?? false
            if isOurs { try layout.blobs.descriptor.unlink(digest.fileName) }
            damaged.append((digest, isOurs))
        }
        return damaged
    }
}

extension ImageLayout {
    /// Every blob that an entry of index.json leads to; `nil` where a document cannot be read that may name more.
    public func reachable() throws(Failure) -> Set<Digest>? {
        var reachable = Reachability(layout: self)
        for entry in try index().entries { reachable.add(entry.json) }
        return reachable.isComplete ? reachable.digests : nil
    }
}
