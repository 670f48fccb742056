import CISAL
import Diagnostics

/// Raw deflate by ISA-L at level 1, each block ended by an empty stored block on a byte boundary.
///
/// Level 1 only: its bytes are the same on every x86-64 processor, those of level 3 are not. Whole blocks with room
/// for the worst case only: ISA-L's bytes change with the places where input or output is cut.
///
/// Source: igzip_lib.h, `isal_deflate`.
@safe final class FastDeflateEncoder: BlockEncoder {
    static let version = "\(ISAL_MAJOR_VERSION).\(ISAL_MINOR_VERSION).\(ISAL_PATCH_VERSION)"

    /// The stream holds about 100 KiB of history: on the heap, and never copied.
    private let stream: UnsafeMutablePointer<isal_zstream>
    private let work: UnsafeMutableBufferPointer<UInt8>

    init() {
        unsafe work = .allocate(capacity: Self.workBytes)
        unsafe work.initialize(repeating: 0)
        let memory = unsafe UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<isal_zstream>.size, alignment: Self.cacheLine)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<isal_zstream>.size)
        unsafe stream = memory.assumingMemoryBound(to: isal_zstream.self)
        unsafe isal_deflate_init(stream)
    }

    deinit {
        unsafe stream.deallocate()
        unsafe work.deallocate()
    }

    func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        unsafe isal_deflate_reset(stream)
        unsafe stream.pointee.level = 1
        unsafe stream.pointee.level_buf = work.baseAddress
        unsafe stream.pointee.level_buf_size = UInt32(work.count)
        unsafe stream.pointee.flush = UInt16(SYNC_FLUSH)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let head = min(input.count, Self.headBytes)
        try unsafe deflate(UnsafeRawBufferPointer(rebasing: input[..<head]))
        if head < input.count { try unsafe deflate(UnsafeRawBufferPointer(rebasing: input[head...])) }
        return unsafe output.count - Int(stream.pointee.avail_out)
    }

    private func deflate(_ input: UnsafeRawBufferPointer) throws(Failure) {
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(input.count)
        let status = unsafe isal_deflate(stream)
        guard status == COMP_OK, unsafe stream.pointee.avail_in == 0, unsafe stream.pointee.avail_out > 0 else {
            throw Failure("ISA-L cannot compress a block", causes: ["code \(status)"])
        }
    }

    /// Bytes that each block gives to a call of their own.
    ///
    /// A block that begins with more than 16 bytes enters ISA-L 2.30's main loop without any history, and that way
    /// in hashes the address of the stream in place of the block's third byte: once in some thousand blocks a match
    /// is found or missed by the luck of where the encoder lies in memory. So few bytes take another way in, and
    /// give the main loop a history to start from; that costs some thirty bytes a block.
    private static let headBytes = 16
    private static let cacheLine = 64
    /// `ISAL_DEF_LVL1_DEFAULT` of igzip_lib.h, an expression of macros that Swift does not import.
    private static let workBytes = 4 * 1024 + 2 * 8 * 1024 + 4 * 64 * 1024
}
