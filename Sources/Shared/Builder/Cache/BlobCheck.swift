import Digests
import Diagnostics
import LinuxSystem
import OCI
import Synchronization

/// Whether blobs are still what they were, each looked at once in a build.
///
/// A blob with the size, the inode and the time that it had when its bytes were known is not read again; any other is.
final class BlobCheck: Sendable {
    private let index: FileIndex
    private let known = Mutex<[Digest: Bool]>([:])

    init(index: FileIndex) { self.index = index }

    /// Whether the blob is there, has its size, and its bytes have its digest.
    func isIntact(_ descriptor: Descriptor, in layout: ImageLayout) -> Bool {
        if let answer = known.withLock({ $0[descriptor.digest] }) { return answer }
        let answer = (try? look(at: descriptor, in: layout)) ?? false
        known.withLock { $0[descriptor.digest] = answer }
        return answer
    }

    /// Notes that somebody has just found these bytes right, so that nobody needs to read them again.
    ///
    /// `stamp` is that of the file before it was read.
    func remember(_ descriptor: Descriptor, stamp: FileStamp, in layout: ImageLayout) {
        guard let now = try? Self.stamp(of: descriptor, in: layout), now == stamp else { return }
        index.remember(Self.key(descriptor.digest), FileIndex.Entry(stamp: now, digest: descriptor.digest))
        known.withLock { $0[descriptor.digest] = true }
    }

    /// Notes a blob that this build made.
    func rememberNew(_ descriptor: Descriptor, in layout: ImageLayout) {
        // What cannot be looked at is read by who needs it.
        guard let stamp = try? Self.stamp(of: descriptor, in: layout) else { return }
        remember(descriptor, stamp: stamp, in: layout)
    }

    /// Forgets that a blob was not as it should be: there may be another one now.
    func lookAgain(at digest: Digest) { known.withLock { if $0[digest] == false { $0[digest] = nil } } }

    static func stamp(of descriptor: Descriptor, in layout: ImageLayout) throws -> FileStamp {
        FileStamp(ofBlob: try layout.openBlob(descriptor).status())
    }

    private func look(at descriptor: Descriptor, in layout: ImageLayout) throws -> Bool {
        let file = try layout.openBlob(descriptor)
        let stamp = FileStamp(ofBlob: try file.status())
        if index.digest(of: Self.key(descriptor.digest), stamp) == descriptor.digest { return true }
        guard try SourceDigests.digest(of: file) == descriptor.digest else { return false }
        index.remember(Self.key(descriptor.digest), FileIndex.Entry(stamp: stamp, digest: descriptor.digest))
        return true
    }

    private static func key(_ digest: Digest) -> ByteString { ByteString(digest.hex) }
}
