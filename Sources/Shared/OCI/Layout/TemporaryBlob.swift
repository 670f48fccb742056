public import Digests
public import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// A blob in the making: an empty file, open to read and write, that vanishes unless it is committed.
public struct TemporaryBlob: ~Copyable, Sendable {
    private let file: OwnedDescriptor
    private let name: ByteString
    private let directory: BlobDirectory

    init(in directory: BlobDirectory) throws(SystemError) {
        let name = TemporaryName.make()
        file = try OwnedDescriptor.open(
            name, in: directory.parent, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600,
            resolving: .noSymbolicLinks)
        self.name = name
        self.directory = directory
    }

    // Nothing has the name any more after a commit. What cannot be removed now, a later build removes.
    deinit { try? directory.parent.unlink(name) }

    /// The number of the descriptor, valid while this value lives.
    public var raw: CInt { file.raw }

    /// Tells other builds that the file is in use.
    func lock() throws(SystemError) { try file.lockExclusively() }

    func write(_ bytes: [UInt8]) throws(SystemError) { try file.write(bytes) }

    /// Gives the blob its name.
    ///
    /// It is not yet safe from a power cut: publishing does that, for many at once. A blob that is already there stays
    /// if its bytes are right, and is replaced if they are not.
    ///
    /// - Throws: ``Failure`` where the file has not `size` bytes. That they have the digest is the caller's word.
    public consuming func commit(digest: Digest, size: Int64) throws(Failure) {
        do {
            guard try file.status().size == size else {
                throw Failure("the file has \(try file.status().size) bytes, and not the \(size) that were counted")
            }
            guard try !directory.holds(digest, size: size) else { return }
            try file.setMode(0o644)
            try directory.parent.rename(name, into: directory.descriptor, as: digest.fileName, replacing: .existing)
        } catch {
            throw Failure(explaining: error).wrapped("keep blob \(digest)")
        }
    }
}
