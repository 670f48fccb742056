public import Digests
public import Diagnostics
import LinuxSystem
import Synchronization
import SystemPackage

/// Removing what is not needed any more.
extension ImageLayout {
    /// Removes the blobs that stacker put here and no entry of index.json reaches, and what killed builds left.
    ///
    /// Nothing is removed where a manifest cannot be read that may need a blob.
    ///
    /// - Returns: What was removed.
    @discardableResult
    public func sweep() throws(Failure) -> [Digest] {
        let workshop = try openWorkshop()
        return try attempt("remove unused blobs of \(ByteString(path))") {
            try changes.withLock { _ in
                let lock = try LayoutLock(root, limits: limits)
                defer { withExtendedLifetime(lock) {} }
                try workshop.record.removeAbandonedFiles()
                try workshop.blobs.parent.removeAbandonedFiles()
                try blobs.parent.removeAbandonedFiles()
                try root.removeAbandonedFiles()
                var reachable = Reachability(layout: self)
                for entry in try index().entries { reachable.add(entry.json) }
                guard reachable.isComplete else { return [] }
                return try sweep(except: reachable.digests, workshop)
            }
        }
    }

    private func sweep(except reachable: Set<Digest>, _ workshop: Workshop) throws -> [Digest] {
        let layout = try blobs.descriptor.status().inode
        let known = try workshop.record.read()
        var left = known.filter { $0.layout != layout }
        var removed: [Digest] = []
        for digest in try blobs.descriptor.names().compactMap(Digest.init(fileName:)).sorted() {
            guard let status = try blobs.status(of: digest), status.kind == .regular else { continue }
            let entry = PublicationRecord.Entry(layout: layout, digest: digest, inode: status.inode)
            let isOurs =
                try known.contains(entry) || workshop.blobs.status(of: digest)?.isSameFile(as: status) ?? false
            if !isOurs { continue }
            if reachable.contains(digest) {
                left.insert(entry)
            } else {
                try blobs.descriptor.unlink(digest.fileName)
                removed.append(digest)
            }
        }
        if left != known { try workshop.record.write(left) }
        return removed
    }
}
