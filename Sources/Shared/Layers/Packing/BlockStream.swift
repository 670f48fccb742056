/// Bytes on their way into the pipeline, cut into blocks of one size.
///
/// A stage that fails closes the queues; every function throws ``PipelineStopped`` then.
struct BlockStream {
    private let free: BoundedQueue<Block>
    private let filled: BoundedQueue<Block>
    private var current: Block?
    private var sequence = 0
    /// Bytes so far.
    private(set) var count: UInt64 = 0

    init(taking free: BoundedQueue<Block>, filling filled: BoundedQueue<Block>) {
        self.free = free
        self.filled = filled
    }

    mutating func append(_ bytes: [UInt8]) throws(PipelineStopped) {
        var done = 0
        while done < bytes.count {
            let block = try blockWithRoom()
            let used = unsafe bytes.withUnsafeBytes {
                unsafe block.append(UnsafeRawBufferPointer(rebasing: $0[done...]))
            }
            try advance(by: used, in: block)
            done += used
        }
    }

    mutating func appendZeros(_ wanted: Int) throws(PipelineStopped) {
        var done = 0
        while done < wanted {
            let block = try blockWithRoom()
            let used = block.appendZeros(wanted - done)
            try advance(by: used, in: block)
            done += used
        }
    }

    /// Lets `body` append to a block that has room; it returns how many bytes it appended.
    mutating func fill(_ body: (Block) throws -> Int) throws -> Int {
        let block = try blockWithRoom()
        let used = try body(block)
        try advance(by: used, in: block)
        return used
    }

    /// Hands on what is left; nothing may be appended afterwards.
    mutating func finish() throws(PipelineStopped) {
        try flush()
        filled.close()
    }

    private mutating func blockWithRoom() throws(PipelineStopped) -> Block {
        if let current { return current }
        guard let block = free.take() else { throw PipelineStopped() }
        block.clear()
        block.sequence = sequence
        sequence += 1
        current = block
        return block
    }

    private mutating func advance(by used: Int, in block: Block) throws(PipelineStopped) {
        count += UInt64(used)
        if block.room == 0 { try flush() }
    }

    private mutating func flush() throws(PipelineStopped) {
        guard let block = current else { return }
        current = nil
        guard filled.put(block) else { throw PipelineStopped() }
    }
}

/// Another stage of the pipeline has failed, and says why.
struct PipelineStopped: Error {}
