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
        for _ in 0..<8 where try takeOnce(digest, from: source, owner: owner) { return }
        throw Failure("the temporary name of blob \(digest) keeps being removed", class: .busy)
    }

    /// - Returns: false where another stacker took the temporary name for one that a killed build left.
    private func takeOnce(_ digest: Digest, from source: BlobDirectory, owner: ImageLayout.Owner?) throws -> Bool {
        let temporary = TemporaryName.make()
        do {
            if try !link(digest, of: source, as: temporary) {
                try copy(digest, of: source, as: temporary, owner: owner)
            }
            do throws(SystemError) {
                try parent.rename(temporary, into: descriptor, as: digest.fileName, replacing: .existing)
                return true
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw error }
                // The directory itself may be gone too, which is no matter of trying again.
                _ = try parent.status(of: "sha256")
                return false
            }
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
