import CZstd
import Diagnostics

/// zstd through libzstd: any number of frames, with their checksums verified where they have one.
///
/// Source: RFC 8878; zstd.h, "Streaming decompression".
@safe final class ZstdDecompressor: Decompressor {
    private enum State {
        /// Between frames; the first bytes of the next one.
        case magic([UInt8])
        /// In a frame; bytes of its magic that libzstd has not seen yet.
        case frame(pending: [UInt8])
        case skipping(left: UInt64)
    }

    private let context: OpaquePointer
    private let limits: Limits
    private var state: State = .magic([])
    private var frames = 0
    private var skipped: UInt64 = 0
    private var emptyFrames = 0
    private var frameIsEmpty = true

    init(limits: Limits) throws(InvalidArchive) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .rejected("not enough memory to read zstd data") }
        unsafe self.context = unsafe context
        self.limits = limits
        unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CInt(limits.zstdWindowLog))
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(InvalidArchive) -> DecodeProgress {
        switch state {
        case .magic(let start):
            return DecodeProgress(consumed: try unsafe readMagic(start, input), produced: 0)
        case .skipping(let left):
            let count = min(UInt64(input.count), left)
            state = left == count ? .magic([]) : .skipping(left: left - count)
            return DecodeProgress(consumed: Int(count), produced: 0)
        case .frame(let pending) where !pending.isEmpty:
            state = .frame(pending: [])
            let progress = try unsafe pending.withUnsafeBufferPointer { (bytes) throws(InvalidArchive) in
                try unsafe decodeFrame(UnsafeRawBufferPointer(bytes), output)
            }
            // libzstd takes a magic at once: it is less than the smallest header.
            return DecodeProgress(consumed: 0, produced: progress.produced)
        case .frame:
            return try unsafe decodeFrame(input, output)
        }
    }

    func finish() throws(InvalidArchive) -> Bool {
        guard case .magic(let start) = state, start.isEmpty, frames > 0 else {
            throw .rejected("the zstd data is cut short")
        }
        return false
    }

    private func readMagic(_ start: [UInt8], _ input: UnsafeRawBufferPointer) throws(InvalidArchive) -> Int {
        var magic = start
        var consumed = 0
        while consumed < input.count, !isComplete(magic) {
            magic.append(unsafe input[consumed])
            consumed += 1
        }
        state = .magic(magic)
        guard magic.count >= 4 else { return consumed }
        if magic.starts(with: ArchiveCompression.zstdMagic) {
            frameIsEmpty = true
            state = .frame(pending: magic)
        } else if ArchiveCompression.isSkippableZstdFrame(magic) {
            guard isComplete(magic) else { return consumed }
            try skip(magic.suffix(4).reversed().reduce(0) { $0 << 8 | UInt64($1) })
        } else {
            throw .rejected("bytes that are not zstd follow the compressed data")
        }
        return consumed
    }

    /// A skippable frame says its length in the four bytes after its magic.
    private func isComplete(_ magic: [UInt8]) -> Bool {
        magic.count >= (ArchiveCompression.isSkippableZstdFrame(magic) ? 8 : 4)
    }

    private func skip(_ length: UInt64) throws(InvalidArchive) {
        frames += 1
        skipped += length
        guard skipped <= limits.trailingBytes else {
            throw .limit("the zstd data has more than \(limits.trailingBytes) bytes in skippable frames")
        }
        try countEmptyFrame()
        state = length == 0 ? .magic([]) : .skipping(left: length)
    }

    private func decodeFrame(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(InvalidArchive) -> DecodeProgress {
        var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = unsafe ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(status) == 0 else { throw Self.error(ZSTD_getErrorCode(status), limits) }
        let (consumed, produced) = unsafe (source.pos, target.pos)
        if produced > 0 { frameIsEmpty = false }
        if status == 0 {
            frames += 1
            if frameIsEmpty { try countEmptyFrame() } else { emptyFrames = 0 }
            state = .magic([])
        }
        return DecodeProgress(consumed: consumed, produced: produced)
    }

    private func countEmptyFrame() throws(InvalidArchive) {
        emptyFrames += 1
        guard emptyFrames <= limits.emptyMembers else {
            throw .limit("more than \(limits.emptyMembers) zstd frames without any data")
        }
    }

    private static func error(_ code: ZSTD_ErrorCode, _ limits: Limits) -> InvalidArchive {
        switch code {
        case ZSTD_error_frameParameter_windowTooLarge:
            .limit("the zstd data needs a window of more than \(1 << (limits.zstdWindowLog - 20)) MiB")
        case ZSTD_error_dictionary_wrong: .rejected("the zstd data needs a dictionary")
        case ZSTD_error_checksum_wrong: .rejected("the zstd checksum is wrong: the data is damaged")
        default: .rejected("the zstd data is damaged")
        }
    }
}
