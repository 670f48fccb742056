import Digests
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

extension BlobDirectory {
    /// Gives this directory a blob of another: the same file (a hard link), else its extents, else a checked copy.
    ///
    /// What has the blob's name here is replaced.
    func take(_ digest: Digest, from source: BlobDirectory, owner: ImageLayout.Owner?) throws {
        let temporary = TemporaryName.make()
        do {
            if try !link(digest, of: source, as: temporary) {
                try copy(digest, of: source, as: temporary, owner: owner)
            }
            try parent.rename(temporary, into: descriptor, as: digest.fileName, replacing: .existing)
        } catch {
            // The first failure is the one to report; a later build removes what could not be removed now.
            try? parent.unlink(temporary)
            throw error
        }
    }

    /// Returns false where the file systems do not allow a second name for the file.
    private func link(_ digest: Digest, of source: BlobDirectory, as name: ByteString) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try source.descriptor.link(digest.fileName, into: parent, as: name)
            return true
        } catch {
            let refusals: [Errno] = [
                .improperLink, .notPermitted, .permissionDenied, .tooManyLinks, .notSupported, .noFunction,
            ]
            guard refusals.contains(error.errno) else { throw error }
            return false
        }
    }

    private func copy(
        _ digest: Digest, of source: BlobDirectory, as name: ByteString, owner: ImageLayout.Owner?
    ) throws {
        guard let original = try source.open(digest) else { throw Failure("blob \(digest) is missing") }
        let file = try OwnedDescriptor.open(
            name, in: parent, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o666, resolving: .noSymbolicLinks)
        try file.lockExclusively()
        if let owner { try file.setOwner(owner.user, group: owner.group) }
        try file.fill(from: original)
        guard let copy = try parent.openFile(name), try BlobDirectory.digest(of: copy) == digest else {
            throw Failure("the bytes of blob \(digest) do not match its digest", class: .rejected)
        }
    }
}
