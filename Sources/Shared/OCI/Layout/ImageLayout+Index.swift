import Digests
public import Diagnostics
import LinuxSystem
import Synchronization
import SystemPackage

/// Reading and changing index.json.
extension ImageLayout {
    /// What the layout holds now.
    public func index() throws(Failure) -> ImageIndex {
        try attempt("read \(ByteString(path.appending("index.json")))") { try readIndex().index }
    }

    /// What `tag` names; nil where nothing does.
    public func resolve(tag: String) throws(Failure) -> Descriptor? { try index().resolve(tag) }

    /// Points tags at images, all in one step that also survives a power cut.
    ///
    /// Other stackers wait meanwhile. Each tag loses the entry it had and stands last, in the order given; entries of others stay as they are. The
    /// file is left alone where nothing would change, and read again where another tool changed it meanwhile.
    ///
    /// - Returns: Whether the file was written.
    @discardableResult
    public func replaceTags(_ entries: [(tag: String, descriptor: Descriptor)]) throws(Failure) -> Bool {
        for entry in entries { try ImageTag.check(entry.tag) }
        // What the index names already nobody sweeps.
        if try isUpToDate(entries) { return false }
        let needed = entries.flatMap { blobs(neededBy: $0.descriptor) }
        return try attempt("change \(ByteString(path.appending("index.json")))") {
            try changes.withLock { _ in
                let lock = try LayoutLock(root, limits: limits)
                defer { withExtendedLifetime(lock) {} }
                // Since they were published another stacker may have swept some that it had put there before us.
                let missing = try needed.filter { try blobs.status(of: $0) == nil }
                if let workshop, !missing.isEmpty { try put(missing, from: workshop) }
                for _ in 0..<8 where try replaceOnce(entries) { return true }
                throw Failure("another program keeps changing it", class: .busy)
            }
        }
    }

    private func isUpToDate(_ entries: [(tag: String, descriptor: Descriptor)]) throws(Failure) -> Bool {
        let old = try index()
        return old.replacingTags(entries) == old
    }

    /// What an image consists of; nothing for what is no image of ours.
    private func blobs(neededBy descriptor: Descriptor) -> [Digest] {
        guard let manifest = try? manifest(of: descriptor) else { return [] }
        return Set(manifest.layers.map(\.digest) + [manifest.config.digest, descriptor.digest]).sorted()
    }

    /// Returns false where another tool wrote the file since it was read.
    private func replaceOnce(_ entries: [(tag: String, descriptor: Descriptor)]) throws -> Bool {
        let (old, status) = try readIndex()
        let new = old.replacingTags(entries)
        let bytes = new.bytes
        guard bytes != old.bytes else { return true }
        guard bytes.count <= limits.jsonBytes else {
            throw Failure("it would be longer than \(limits.jsonBytes) bytes", class: .limit)
        }
        do {
            try root.replaceFile(Self.indexName, with: bytes, mode: 0o600) { file in
                try file.setMode(status.permissions & 0o777)
                if let owner { try file.setOwner(owner.user, group: owner.group) }
                guard try root.status(of: Self.indexName).isUnchanged(since: status) else { throw ChangedMeanwhile() }
            }
        } catch is ChangedMeanwhile {
            return false
        }
        return true
    }

    private struct ChangedMeanwhile: Error {}

    private func readIndex() throws -> (index: ImageIndex, status: FileStatus) {
        guard let file = try root.openFile(Self.indexName) else { throw Failure("it is missing", class: .rejected) }
        let status = try file.status()
        let bytes = try file.allBytes(limit: limits.jsonBytes)
        return (try ImageIndex(bytes, limits: limits), status)
    }
}

extension FileStatus {
    /// Whether nobody replaced or wrote the file.
    fileprivate func isUnchanged(since other: FileStatus) -> Bool {
        device == other.device && inode == other.inode && size == other.size && modified == other.modified
    }
}
