import Digests
import Diagnostics
import LinuxSystem
import OCI
import Synchronization

/// Whether blobs that stacker made are still what they were, each looked at once in a build.
///
/// A blob with the size, the inode and the time that it had when its bytes were known is not read again; any other is.
final class BlobCheck: Sendable {
    private let index: FileIndex
    private let known = Mutex<[Descriptor: Bool]>([:])

    init(index: FileIndex) { self.index = index }

    /// Whether the blob is there, has its size, and its bytes have its digest.
    func isIntact(_ descriptor: Descriptor, in layout: ImageLayout) -> Bool {
        if let answer = known.withLock({ $0[descriptor] }) { return answer }
        let answer = (try? look(at: descriptor, in: layout)) ?? false
        known.withLock { $0[descriptor] = answer }
        return answer
    }

    /// Notes a blob that this build made, so that later builds need not read it.
    func remember(_ descriptor: Descriptor, in layout: ImageLayout) {
        // What cannot be looked at is read by who needs it.
        guard let stamp = try? FileStamp(ofBlob: layout.openBlob(descriptor).status()) else { return }
        index.remember(Self.key(descriptor), FileIndex.Entry(stamp: stamp, digest: descriptor.digest))
        known.withLock { $0[descriptor] = true }
    }

    private func look(at descriptor: Descriptor, in layout: ImageLayout) throws -> Bool {
        let file = try layout.openBlob(descriptor)
        let stamp = FileStamp(ofBlob: try file.status())
        if index.digest(of: Self.key(descriptor), stamp) == descriptor.digest { return true }
        let stream = SHA256()
        while true {
            let piece = try file.read(upTo: 1 << 20)
            if piece.isEmpty { break }
            stream.update(piece)
        }
        guard stream.finish() == descriptor.digest else { return false }
        index.remember(Self.key(descriptor), FileIndex.Entry(stamp: stamp, digest: descriptor.digest))
        return true
    }

    private static func key(_ descriptor: Descriptor) -> ByteString { ByteString(descriptor.digest.hex) }
}
