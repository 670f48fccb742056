import Digests
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// A directory `blobs` with its `sha256`: the one of a layout, or stacker's own.
final class BlobDirectory: Sendable {
    /// `blobs` itself, where files stand that are not finished.
    let parent: OwnedDescriptor
    /// `blobs/sha256`.
    let descriptor: OwnedDescriptor

    init(parent: consuming OwnedDescriptor, descriptor: consuming OwnedDescriptor) {
        self.parent = parent
        self.descriptor = descriptor
    }

    /// The blob, to read; nil where there is none.
    func open(_ digest: Digest) throws -> OwnedDescriptor? { try descriptor.openFile(digest.fileName) }

    /// Whether the blob is there, and its bytes are what its name says.
    ///
    /// Whatever else has that name counts as no blob, and is replaced by one.
    func holds(_ digest: Digest, size: Int64) throws -> Bool {
        guard let status = try status(of: digest), status.kind == .regular, status.size == size,
            let file = try open(digest)
        else { return false }
        return try Self.digest(of: file) == digest
    }

    /// What has the name of the blob; nil where nothing has.
    func status(of digest: Digest) throws(SystemError) -> FileStatus? {
        do throws(SystemError) {
            return try descriptor.status(of: digest.fileName)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }

    /// Reads the file from its current offset to the end.
    static func digest(of file: borrowing OwnedDescriptor) throws(SystemError) -> Digest {
        let stream = SHA256()
        while true {
            let piece = try file.read(upTo: 1 << 20)
            if piece.isEmpty { return stream.finish() }
            stream.update(piece)
        }
    }
}

extension Digest {
    /// The name of the blob's file.
    var fileName: ByteString { ByteString(hex) }

    /// Nil where the name is not that of a blob.
    init?(fileName: ByteString) {
        guard let text = fileName.utf8Text else { return nil }
        self.init(hex: text)
    }
}
