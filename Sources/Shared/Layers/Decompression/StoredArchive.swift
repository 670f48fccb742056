import Digests
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem

/// What reading the stored bytes to their end has shown.
struct StoredSummary: Sendable {
    /// `sha256:…`, `nil` where the stored bytes are the plain ones.
    var digest: String?
    var size: UInt64
    /// Whether zeros followed the compressed data.
    var hasPadding: Bool
}

/// Reads the stored bytes on a thread of its own: digests them, decompresses them, and hands the plain bytes on.
///
/// Memory is four blocks of 1 MiB and what the decompressor keeps. Measured on two cores, this split (read, digest,
/// inflate here; digest, tar and files in the caller) is as fast as any with more threads.
final class StoredArchive: Sendable {
    private let filled = BoundedQueue<PlainBlock>(capacity: 4)
    private let free = BoundedQueue<PlainBlock>(capacity: 4)
    private let compression: UnpackJob.Compression
    private let expectedSize: UInt64?
    private let limits: Limits

    init(_ job: UnpackJob, limits: Limits) {
        compression = job.compression
        expectedSize = job.expected?.size
        self.limits = limits
        for _ in 0..<4 { free.put(PlainBlock()) }
    }

    /// Starts reading `archive`, which must stay open until the task has ended.
    func start(_ archive: borrowing OwnedDescriptor, team: ThreadTeam) -> TeamTask<StoredSummary> {
        let raw = archive.raw
        return team.start {
            defer { self.filled.close() }
            return try self.read(raw)
        }
    }

    /// The plain bytes; errors of the reading side appear where its bytes end.
    func plainStream(_ task: TeamTask<StoredSummary>) -> PlainStream {
        PlainStream(
            nextBlock: {
                if let block = self.filled.take() { return block }
                _ = try task.value()
                return nil
            },
            recycle: { self.free.put($0) })
    }

    /// Ends the reading side early: nobody takes its blocks any more.
    func cancel() {
        filled.cancel()
        free.cancel()
    }

    private func read(_ archive: CInt) throws -> StoredSummary {
        let input = PlainBlock()
        try fill(input, from: archive)
        let start = unsafe Array(input.filled.prefix(ArchiveCompression.telling))
        let found = ArchiveCompression(start)
        // No bytes at all are an empty archive, but not an empty gzip.
        try found.check(against: compression)
        let decompressor = try found.decompressor(limits: limits)
        let digest = found == .none ? nil : SHA256()
        var size: UInt64 = 0
        var output = try freeBlock()
        while input.count > 0 {
            size += UInt64(input.count)
            if let expectedSize, size > expectedSize {
                throw InvalidArchive.rejected("the archive is longer than the \(expectedSize) bytes it should have")
            }
            unsafe digest?.update(input.filled)
            try decode(input, with: decompressor, into: &output)
            try fill(input, from: archive)
        }
        let hasPadding = try decompressor.finish()
        if output.count > 0 { filled.put(output) }
        return StoredSummary(digest: digest?.finish().description, size: size, hasPadding: hasPadding)
    }

    private func decode(
        _ input: PlainBlock, with decompressor: any Decompressor, into output: inout PlainBlock
    ) throws {
        var rest = unsafe input.filled
        var hasMore = true
        var idle = 0
        while hasMore {
            let progress = try unsafe decompressor.decode(rest, into: output.space)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[progress.consumed...])
            output.count += progress.produced
            // A step may only change the state, but no damage may make us turn for ever.
            idle = progress.consumed + progress.produced == 0 ? idle + 1 : 0
            guard idle < 4 else { throw InvalidArchive.rejected("the compressed data is damaged") }
            hasMore = unsafe !rest.isEmpty || output.isFull
            guard output.isFull else { continue }
            guard filled.put(output) else { throw Cancelled() }
            output = try freeBlock()
        }
    }

    private func freeBlock() throws(Cancelled) -> PlainBlock {
        guard let block = free.take() else { throw Cancelled() }
        block.count = 0
        return block
    }

    /// Reads until the block is full or the archive ends, so that a pipe works as well as a file.
    private func fill(_ block: PlainBlock, from archive: CInt) throws(SystemError) {
        block.count = 0
        while !block.isFull {
            let space = unsafe block.space
            let count = try check("read") { unsafe Glibc.read(archive, space.baseAddress, space.count) }
            if count == 0 { return }
            block.count += count
        }
    }

    /// The writing side has failed, and knows why.
    private struct Cancelled: Error {}
}
