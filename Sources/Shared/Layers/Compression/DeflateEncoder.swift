import CZlib
import Diagnostics

/// Raw deflate by zlib, each block ended by an empty stored block on a byte boundary.
///
/// Source: zlib.h, `deflate` with `Z_SYNC_FLUSH`.
@safe final class DeflateEncoder: BlockEncoder {
    /// Raw deflate has no zlib header; windowBits as zlib.h spells it.
    private static let rawWindowBits: CInt = -15
    private static let defaultMemoryLevel: CInt = 8

    /// At a stable address: zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    init(level: CInt) throws(Failure) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, Self.rawWindowBits, Self.defaultMemoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw Failure("zlib cannot compress at level \(level)", causes: ["code \(status)"])
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        unsafe deflateReset(stream)
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let status = unsafe deflate(stream, Z_SYNC_FLUSH)
        // Room that is left over is the only sign that the flush is complete.
        guard status == Z_OK, unsafe stream.pointee.avail_in == 0, unsafe stream.pointee.avail_out > 0 else {
            throw Failure("zlib cannot compress a block", causes: ["code \(status)"])
        }
        return unsafe output.count - Int(stream.pointee.avail_out)
    }
}
