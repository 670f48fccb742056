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
    public func publish(_ digests: [Digest]) throws(Failure) {
        let workshop = try openWorkshop()
        try attempt("put blobs into \(ByteString(path))") {
            try changes.withLock { _ in try put(Set(digests).sorted(), from: workshop) }
        }
    }

    /// Puts blobs into the layout, syncs them, and remembers which of them are ours; to be called with ``changes`` held.
    func put(_ digests: [Digest], from workshop: Workshop) throws {
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
    /// Their sizes were checked when the other layout opened them; their bytes are for the caller to check.
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
