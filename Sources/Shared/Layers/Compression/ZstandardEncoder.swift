import CZstd
import Diagnostics

/// One complete zstd frame for each block.
///
/// Frames may follow one another (RFC 8878, section 3), and every reader of layers joins them. Content size and no
/// checksum: the digest of the blob covers what a checksum would.
@safe final class ZstandardEncoder: BlockEncoder {
    static let levels: ClosedRange<UInt8> = 1...19

    private let context: OpaquePointer

    init(level: UInt8) throws(Failure) {
        guard let context = unsafe ZSTD_createCCtx() else { throw Failure("libzstd has no memory to compress with") }
        unsafe self.context = unsafe context
        try unsafe Self.check(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, CInt(level)))
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        try unsafe Self.check(
            ZSTD_compress2(context, output.baseAddress, output.count, input.baseAddress, input.count))
    }

    @discardableResult
    private static func check(_ result: Int) throws(Failure) -> Int {
        guard ZSTD_isError(result) == 0 else {
            throw Failure(
                "libzstd cannot compress a block", causes: [unsafe String(cString: ZSTD_getErrorName(result))])
        }
        return result
    }
}
