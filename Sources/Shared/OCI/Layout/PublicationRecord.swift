import Digests
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Remembers which blobs of which layouts stacker put there, so that it never removes somebody else's.
///
/// A line per blob: the inode of the layout's `blobs/sha256`, the digits of the digest, the inode of the blob. A blob
/// that another tool put there in place of ours has another inode. Losing the file is harmless: less is removed.
final class PublicationRecord: Sendable {
    private let home: OwnedDescriptor
    private static let name: ByteString = "oci-blobs"
    /// Bytes; some two hundred thousand blobs.
    private static let limit = 32 << 20

    struct Entry: Hashable, Sendable {
        let layout: UInt64
        let digest: Digest
        let inode: UInt64
    }

    init(in home: consuming OwnedDescriptor) { self.home = home }

    func read() throws -> Set<Entry> {
        // A symbolic link or a file that is too long is not ours, and says nothing about what we did.
        guard let bytes = try? home.contents(of: Self.name, limit: Self.limit) else { return [] }
        return Set(bytes.split(separator: 0x0a).compactMap(Entry.init))
    }

    /// Removes what a killed build left while it wrote the record.
    func removeAbandonedFiles() throws { try home.removeAbandonedFiles() }

    func write(_ entries: Set<Entry>) throws {
        let lines = entries.map(\.line).sorted()
        try home.replaceFile(Self.name, with: Array(lines.joined().utf8), mode: 0o600)
    }
}

extension PublicationRecord.Entry {
    init?(_ line: ArraySlice<UInt8>) {
        let fields = line.split(separator: 0x20, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard fields.count == 3, let layout = UInt64(fields[0]), let digest = Digest(hex: fields[1]),
            let inode = UInt64(fields[2])
        else { return nil }
        self.init(layout: layout, digest: digest, inode: inode)
    }

    var line: String { "\(layout) \(digest.hex) \(inode)\n" }
}
