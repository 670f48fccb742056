import Digests
import Glibc
import LinuxSystem
import Synchronization

/// Digests a file from its beginning, beside whoever reads it in another order.
final class StoredDigest: Sendable {
    private let isCancelled = Atomic(false)

    /// Starts digesting `file`, which must stay open until the task has ended.
    func start(_ file: borrowing OwnedDescriptor, team: ThreadTeam) -> TeamTask<StoredSummary> {
        let raw = file.raw
        return team.start { try self.digest(raw) }
    }

    /// Ends the task early: nobody wants its result any more.
    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    private func digest(_ file: CInt) throws -> StoredSummary {
        let digest = SHA256()
        let block = PlainBlock()
        var size: UInt64 = 0
        while !isCancelled.load(ordering: .relaxed) {
            let space = unsafe block.storage
            block.count = try check("pread") { unsafe pread(file, space.baseAddress, space.count, off_t(size)) }
            if block.count == 0 { break }
            unsafe digest.update(block.filled)
            size += UInt64(block.count)
        }
        return StoredSummary(digest: digest.finish().description, size: size, hasPadding: false)
    }
}
