public import Digests
public import Diagnostics
import Glibc
import LinuxSystem
import Synchronization
import SystemPackage

/// Putting finished blobs where other tools see them.
extension ImageLayout {
    /// Gives the layout these blobs, and keeps them over a power cut; call it right before tags are changed.
    ///
    /// A blob shares its file with stacker's own (a hard link), else its extents, else it is copied. One that the
    /// layout has already stays.
    public func publish(_ digests: [Digest]) throws(Failure) { try publish(digests, tagging: []) }

    /// Gives the layout these blobs and then points tags at images, so that they survive a power cut.
    ///
    /// No other stacker takes a blob away before the tags need it: it sweeps with the lock of the layout held, and with
    /// that lock held it is looked once more whether all blobs are there.
    public func publish(
        _ digests: [Digest], tagging entries: [(tag: String, descriptor: Descriptor)]
    ) throws(Failure) {
        for entry in entries { try ImageTag.check(entry.tag) }
        let workshop = try openWorkshop()
        let digests = Set(digests).sorted()
        try attempt("put images into \(ByteString(path))") {
            try changes.withLock { _ in
                // Copying and syncing may take long, so it is done before the lock is taken.
                try put(digests, from: workshop)
                let lock = try LayoutLock(root, limits: limits)
                defer { withExtendedLifetime(lock) {} }
                let missing = try digests.filter { try blobs.status(of: $0) == nil }
                if !missing.isEmpty { try put(missing, from: workshop) }
                if !entries.isEmpty { try replaceLocked(entries) }
            }
        }
    }

    private func put(_ digests: [Digest], from workshop: Workshop) throws {
        let ours = try digests.filter { try publish($0, from: workshop) }
        try remember(ours, in: workshop)
        for digest in ours { try blobs.open(digest)?.synchronize() }
        try blobs.descriptor.synchronize()
        try blobs.parent.synchronize()
        try root.synchronize()
    }

    /// Returns whether the blob of the layout is stacker's, and not one that was there.
    private func publish(_ digest: Digest, from workshop: Workshop) throws -> Bool {
        guard let source = try workshop.blobs.open(digest) else {
            guard try blobs.open(digest) != nil else { throw Failure("blob \(digest) is missing") }
            return false
        }
        let status = try source.status()
        if let present = try blobs.status(of: digest) {
            if present.isSameFile(as: status) { return true }
            if try blobs.holds(digest, size: status.size) { return false }
        }
        if let owner { try source.setOwner(owner.user, group: owner.group) }
        try blobs.take(digest, from: workshop.blobs, owner: owner)
        return true
    }

    /// Takes blobs of another layout into stacker's own, so that they can be published like those that were made here.
    ///
    /// Their sizes were checked when the other layout opened them; their bytes are checked by who unpacks them.
    public func adopt(_ descriptors: [Descriptor], from other: ImageLayout) throws(Failure) {
        let workshop = try openWorkshop()
        for descriptor in descriptors {
            try attempt("take blob \(descriptor.digest) from \(ByteString(other.path))") {
                let present = try workshop.blobs.status(of: descriptor.digest)
                if let present, present.kind == .regular, present.size == descriptor.size { return }
                _ = try other.openBlob(descriptor)
                try workshop.blobs.take(descriptor.digest, from: other.blobs, owner: nil)
            }
        }
    }

    /// Notes which files of the layout came from here, for the day they are to be removed.
    private func remember(_ digests: [Digest], in workshop: Workshop) throws {
        let layout = try blobs.descriptor.status().inode
        let known = try workshop.record.read()
        var entries = known
        for digest in digests {
            guard let status = try blobs.status(of: digest) else { continue }
            entries.insert(PublicationRecord.Entry(layout: layout, digest: digest, inode: status.inode))
        }
        if entries != known { try workshop.record.write(entries) }
    }
}

extension FileStatus {
    /// Whether both describe one file, under whatever names.
    func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}

extension ImageLayout {
    /// Whether the layout has all these blobs as stacker published them.
    ///
    /// Nothing is read: a blob is known by its file, which it shares with stacker's own or which stacker wrote down.
    public func isPublished(_ digests: [Digest]) throws(Failure) -> Bool {
        let workshop = try openWorkshop()
        return try attempt("look for blobs in \(ByteString(path))") {
            var written: Set<PublicationRecord.Entry>?
            let layout = try blobs.descriptor.status().inode
            for digest in Set(digests) {
                guard let present = try blobs.status(of: digest), present.kind == .regular else { return false }
                let own = try workshop.blobs.status(of: digest)
                if let own, own.isSameFile(as: present) { continue }
                let known = try written ?? workshop.record.read()
                written = known
                let entry = PublicationRecord.Entry(layout: layout, digest: digest, inode: present.inode)
                guard known.contains(entry), own.map({ $0.size == present.size }) ?? true else { return false }
            }
            return true
        }
    }
}
