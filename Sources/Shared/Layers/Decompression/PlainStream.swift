import Digests

/// The plain archive, read from front to back and digested on the way.
final class PlainStream {
    private let nextBlock: () throws -> PlainBlock?
    private let recycle: (PlainBlock) -> Void
    private let digest = SHA256()
    private var block: PlainBlock?
    private var offset = 0
    /// Bytes handed out so far.
    private(set) var position: UInt64 = 0

    /// - Parameters:
    ///   - nextBlock: Waits for the next block; `nil` is the end.
    ///   - recycle: Takes back a block whose bytes were all read.
    init(nextBlock: @escaping () throws -> PlainBlock?, recycle: @escaping (PlainBlock) -> Void) {
        self.nextBlock = nextBlock
        self.recycle = recycle
    }

    /// Calls `body` with at least one and at most `limit` bytes, which are then behind us.
    ///
    /// - Returns: How many; 0 at the end, where `body` is not called.
    func withChunk(upTo limit: UInt64, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        guard limit > 0, try fill(), let block else { return 0 }
        let count = Int(min(limit, UInt64(block.count - offset)))
        let chunk = unsafe UnsafeRawBufferPointer(rebasing: block.filled[offset..<offset + count])
        offset += count
        position += UInt64(count)
        try unsafe body(chunk)
        return count
    }

    /// The next `count` bytes, fewer only where the archive ends.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let more = try unsafe withChunk(upTo: UInt64(count - bytes.count)) { unsafe bytes.append(contentsOf: $0) }
            if more == 0 { break }
        }
        return bytes
    }

    /// Passes over `count` bytes.
    ///
    /// - Returns: How many there were; fewer only where the archive ends.
    func skip(_ count: UInt64) throws -> UInt64 {
        var left = count
        while left > 0 {
            let passed = try unsafe withChunk(upTo: left) { _ in }
            if passed == 0 { break }
            left -= UInt64(passed)
        }
        return count - left
    }

    /// `sha256:…` of the whole; to be asked once, at the end.
    func finishDigest() -> String { digest.finish().description }

    /// Makes sure that there is at least one byte, unless this is the end.
    private func fill() throws -> Bool {
        while true {
            if let block {
                if offset < block.count { return true }
                self.block = nil
                recycle(block)
            }
            guard let next = try nextBlock() else { return false }
            unsafe digest.update(next.filled)
            (block, offset) = (next, 0)
        }
    }
}
