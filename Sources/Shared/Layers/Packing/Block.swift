/// A fixed piece of memory that travels through the pipeline and back.
///
/// Allocated once: what packing needs does not grow with what is packed.
@safe final class Block: @unchecked Sendable {
    // Safety: owned by one stage at a time; a queue hands it on.
    private let memory: UnsafeMutableRawBufferPointer
    /// Bytes in use, from the front.
    private(set) var count = 0
    /// Its place in the archive.
    var sequence = 0

    init(bytes: Int) {
        unsafe memory = .allocate(byteCount: bytes, alignment: 64)
    }

    deinit { unsafe memory.deallocate() }

    var room: Int { unsafe memory.count - count }

    var content: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    func clear() { count = 0 }

    /// Lets `body` fill some of the free part; it returns how many bytes it used.
    func fill<Failing: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failing) -> Int
    ) throws(Failing) -> Int {
        let used = try unsafe body(UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
        precondition(used >= 0 && used <= room, "a block is not filled past its end")
        count += used
        return used
    }

    /// Appends as much of `bytes` as there is room for.
    ///
    /// - Returns: how many bytes that were.
    func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        unsafe fill { free in
            let used = min(free.count, bytes.count)
            unsafe free.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
            return used
        }
    }

    /// Appends at most `wanted` zero bytes.
    func appendZeros(_ wanted: Int) -> Int {
        unsafe fill { free in
            let used = min(free.count, wanted)
            unsafe UnsafeMutableRawBufferPointer(rebasing: free[..<used]).initializeMemory(as: UInt8.self, repeating: 0)
            return used
        }
    }
}
