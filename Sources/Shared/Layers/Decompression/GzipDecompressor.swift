import CISAL
import Diagnostics

/// gzip through ISA-L: any number of members, each with its checksum and length verified.
///
/// Source: RFC 1952; isa-l, igzip_lib.h.
@safe final class GzipDecompressor: Decompressor {
    private enum State {
        case header(GzipHeader)
        case body
        /// Zeros behind the last member, as tapes and some registries leave them.
        case zeros
    }

    private let inflate: UnsafeMutablePointer<inflate_state>
    private let limits: Limits
    private var state: State
    private var members = 0
    private var emptyMembers = 0
    private var zeros: UInt64 = 0

    init(limits: Limits) {
        self.limits = limits
        unsafe inflate = .allocate(capacity: 1)
        unsafe isal_inflate_init(inflate)
        state = .header(GzipHeader(limit: limits.extendedHeaderBytes))
    }

    deinit { unsafe inflate.deallocate() }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(InvalidArchive) -> DecodeProgress {
        switch state {
        case .header(let header): DecodeProgress(consumed: try unsafe readHeader(header, input), produced: 0)
        case .body: try unsafe readBody(input, output)
        case .zeros: DecodeProgress(consumed: try unsafe readZeros(input), produced: 0)
        }
    }

    func finish() throws(InvalidArchive) -> Bool {
        switch state {
        case .header(let header) where members > 0 && header.isEmpty: false
        case .zeros: true
        case .header, .body: throw .rejected("the gzip data is cut short")
        }
    }

    private func readHeader(
        _ start: GzipHeader, _ input: UnsafeRawBufferPointer
    ) throws(InvalidArchive) -> Int {
        if members > 0, start.isEmpty, unsafe input.first == 0 {
            state = .zeros
            return 0
        }
        var header = start
        var consumed = 0
        while consumed < input.count, !header.isComplete {
            try header.add(unsafe input[consumed])
            consumed += 1
        }
        guard header.isComplete else {
            state = .header(header)
            return consumed
        }
        unsafe isal_inflate_reset(inflate)
        // Verifies the checksum and the length that follow the deflated data, and consumes them.
        unsafe inflate.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR_VER)
        state = .body
        return consumed
    }

    private func readBody(
        _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer
    ) throws(InvalidArchive) -> DecodeProgress {
        // ISA-L only reads through this pointer, though its type does not say so.
        unsafe inflate.pointee.next_in = UnsafeMutablePointer(
            mutating: input.bindMemory(to: UInt8.self).baseAddress)
        unsafe inflate.pointee.avail_in = UInt32(clamping: input.count)
        unsafe inflate.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        unsafe inflate.pointee.avail_out = UInt32(clamping: output.count)
        let status = unsafe isal_inflate(inflate)
        let consumed = min(input.count, Int(UInt32.max)) - Int(unsafe inflate.pointee.avail_in)
        let produced = min(output.count, Int(UInt32.max)) - Int(unsafe inflate.pointee.avail_out)
        switch status {
        case ISAL_DECOMP_OK, ISAL_END_INPUT: break
        case ISAL_INCORRECT_CHECKSUM: throw .rejected("the gzip checksum is wrong: the data is damaged")
        default: throw .rejected("the gzip data is damaged")
        }
        if unsafe inflate.pointee.block_state == ISAL_BLOCK_FINISH { try endMember() }
        return DecodeProgress(consumed: consumed, produced: produced)
    }

    private func endMember() throws(InvalidArchive) {
        members += 1
        emptyMembers = unsafe inflate.pointee.total_out == 0 ? emptyMembers + 1 : 0
        guard emptyMembers <= limits.emptyMembers else {
            throw .limit("more than \(limits.emptyMembers) gzip members without any data")
        }
        state = .header(GzipHeader(limit: limits.extendedHeaderBytes))
    }

    private func readZeros(_ input: UnsafeRawBufferPointer) throws(InvalidArchive) -> Int {
        guard unsafe TarHeader.isZero(input) else {
            throw .rejected("bytes that are not gzip follow the compressed data")
        }
        zeros += UInt64(input.count)
        guard zeros <= limits.trailingBytes else {
            throw .limit("more than \(limits.trailingBytes) zeros follow the compressed data")
        }
        return input.count
    }
}
