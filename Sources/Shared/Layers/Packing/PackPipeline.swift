import Digests
import CISAL
import Diagnostics
import HelperProtocol
import LinuxSystem

/// The stages between the tar stream and the archive file: hash → compress, on several threads → write in order.
///
/// The tar stream is cut into blocks at fixed places and each is compressed alone, so the archive is the same
/// whatever the number of threads. The first stage is the caller itself, which fills ``input``.
final class PackPipeline: Sendable {
    private let compression: PackJob.Compression
    private let compressors: Int
    private let output: ArchiveOutput
    private let freeInputs: BoundedQueue<Block>
    private let filled: BoundedQueue<Block>
    private let hashed: BoundedQueue<Block>
    private let freeOutputs: BoundedQueue<Block>
    private let compressed: BoundedQueue<Compressed>

    /// What a compressor hands to the writer; `nil` says that it is done.
    private struct Compressed: Sendable {
        var block: Block?
    }

    struct Content: Sendable {
        /// `sha256:…` of the tar stream.
        var digest: String
        var checksum: UInt32 = 0
        var bytes: UInt64 = 0
    }

    /// Threads that ``start(on:)`` occupies: the compressors, one that hashes, one that writes.
    static func threads(for job: PackJob) -> Int { compressors(for: job) + 2 }

    private static func compressors(for job: PackJob) -> Int {
        min(max(1, Int(job.threads)), job.compression.maximumCompressors)
    }

    /// The descriptor stays the caller's, who keeps it open until the stages have ended.
    init(_ job: PackJob, to archive: CInt) {
        compression = job.compression
        compressors = Self.compressors(for: job)
        // What is not compressed has one digest, that of its content.
        output = ArchiveOutput(to: archive, hashing: compressors > 0)
        freeInputs = Self.blocks(compressors + 3, bytes: compression.blockBytes)
        freeOutputs = Self.blocks(compressors == 0 ? 0 : compressors + 2, bytes: compression.outputBytes)
        filled = BoundedQueue(capacity: compressors + 3)
        hashed = BoundedQueue(capacity: compressors + 3)
        compressed = BoundedQueue(capacity: 2 * compressors + 2)
    }

    private static func blocks(_ count: Int, bytes: Int) -> BoundedQueue<Block> {
        let queue = BoundedQueue<Block>(capacity: max(1, count))
        for _ in 0..<count { queue.put(Block(bytes: bytes)) }
        return queue
    }

    /// Where the caller puts the tar stream.
    func input() -> BlockStream { BlockStream(taking: freeInputs, filling: filled) }

    /// Starts the stages; ``Stages/wait()`` must be called before the archive is closed.
    func start(on team: ThreadTeam) -> Stages {
        let content = team.start { try self.stopAllOnFailure(self.hash) }
        var others: [TeamTask<Void>] = []
        for _ in 0..<compressors { others.append(team.start { try self.stopAllOnFailure(self.compress) }) }
        others.append(team.start { try self.stopAllOnFailure(self.compressors > 0 ? self.write : self.store) })
        return Stages(content: content, others: others)
    }

    /// Ends every stage; what they were doing is lost.
    func cancel() {
        freeInputs.cancel()
        filled.cancel()
        hashed.cancel()
        freeOutputs.cancel()
        compressed.cancel()
    }

    private func stopAllOnFailure<Value>(_ stage: () throws -> Value) throws -> Value {
        do {
            return try stage()
        } catch {
            cancel()
            throw error
        }
    }

    private func hash() throws -> Content {
        let hash = SHA256()
        var content = Content(digest: "")
        let needsChecksum = !compression.header.isEmpty
        while let block = filled.take() {
            unsafe hash.update(block.content)
            if needsChecksum {
                content.checksum = unsafe crc32_gzip_refl(
                    content.checksum, block.content.baseAddress, UInt64(block.count))
            }
            content.bytes += UInt64(block.count)
            guard hashed.put(block) else { throw PipelineStopped() }
        }
        hashed.close()
        content.digest = hash.finish().description
        return content
    }

    private func compress() throws {
        var encoder: (any BlockEncoder)?
        // The output BEFORE the input: a compressor that holds the next block of the archive must never wait for
        // room that only the writing of that very block sets free.
        while let result = freeOutputs.take(), let block = hashed.take() {
            // Only now: most layers have one block, and so one of the threads nothing to do.
            if encoder == nil { encoder = try compression.makeEncoder() }
            guard let encoder else { return }
            result.clear()
            result.sequence = block.sequence
            _ = try unsafe result.fill { free throws(Failure) in try unsafe encoder.encode(block.content, into: free) }
            freeInputs.put(block)
            guard compressed.put(Compressed(block: result)) else { throw PipelineStopped() }
        }
        compressed.put(Compressed(block: nil))
    }

    private func write() throws {
        var running = compressors
        var next = 0
        var early: [Int: Block] = [:]
        try output.write(compression.header)
        while running > 0, let arrival = compressed.take() {
            guard let block = arrival.block else {
                running -= 1
                continue
            }
            early[block.sequence] = block
            while let block = early.removeValue(forKey: next) {
                try unsafe output.write(block.content)
                next += 1
                freeOutputs.put(block)
            }
        }
    }

    private func store() throws {
        while let block = hashed.take() {
            try unsafe output.write(block.content)
            freeInputs.put(block)
        }
    }

    /// The running stages of one pipeline.
    struct Stages {
        fileprivate let content: TeamTask<Content>
        fileprivate let others: [TeamTask<Void>]

        /// Waits until every stage has ended.
        ///
        /// - Throws: why a stage failed; ``PipelineStopped`` only where the caller cancelled.
        func wait() throws -> Content {
            let content = Result { try self.content.value() }
            let results = others.map { task in Result { try task.value() } }
            for case .failure(let error) in results where !(error is PipelineStopped) { throw error }
            for result in results { try result.get() }
            return try content.get()
        }
    }

    /// Ends the archive; every stage has ended well.
    func complete(_ content: Content) throws(SystemError) -> PackedArchive {
        try output.write(compression.trailer(checksum: content.checksum, contentBytes: content.bytes))
        return PackedArchive(
            digest: output.finish() ?? content.digest, diffID: content.digest, size: output.count,
            uncompressedSize: content.bytes)
    }
}
