import Diagnostics

/// Which entries of a tree the archive has made or been in, where the tree held others before.
///
/// Only whiteouts need it: they remove what was there before the archive, and never what the archive itself brings. An
/// entry is kept as 64 bits of a keyed hash of its directory and name, so three million of them take 32 MiB.
struct MadeNames {
    private static let maximum = 3 << 20
    private var slots = [UInt64](repeating: 0, count: 1 << 10)
    private var count = 0

    mutating func insert(_ name: ByteString, in directory: OpenDirectory) throws(InvalidArchive) {
        if (count + 1) * 4 > slots.count * 3 {
            guard count < Self.maximum else {
                throw .limit("the archive has more than \(Self.maximum) members for a tree that is not empty")
            }
            grow()
        }
        let slot = slot(of: Self.hash(name, directory))
        guard slots[slot.index] == 0 else { return }
        slots[slot.index] = slot.hash
        count += 1
    }

    func contains(_ name: ByteString, in directory: OpenDirectory) -> Bool {
        slots[slot(of: Self.hash(name, directory)).index] != 0
    }

    private static func hash(_ name: ByteString, _ directory: OpenDirectory) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(directory.inode)
        hasher.combine(name)
        // 0 marks a free slot.
        return max(1, UInt64(bitPattern: Int64(hasher.finalize())))
    }

    /// Where `hash` is, or would be.
    private func slot(of hash: UInt64) -> (index: Int, hash: UInt64) {
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[index] != 0, slots[index] != hash { index = (index + 1) & (slots.count - 1) }
        return (index, hash)
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        for hash in old where hash != 0 { slots[slot(of: hash).index] = hash }
    }
}
