import CISAL
import Diagnostics

/// Recognises the header of a gzip member, byte by byte.
///
/// Source: RFC 1952, section 2.3.
struct GzipHeader {
    private enum Field {
        case fixed
        case extraLength
        case extra(left: Int)
        case name
        case comment
        case checksum
    }

    private static let magic: [UInt8] = [0x1f, 0x8b]
    private static let deflate: UInt8 = 8
    private static let (hasChecksum, hasExtra, hasName, hasComment): (UInt8, UInt8, UInt8, UInt8) = (2, 4, 8, 16)
    private static let reserved: UInt8 = 0xe0

    private var bytes: [UInt8] = []
    private var field: Field? = .fixed
    private var fieldStart = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { bytes.isEmpty }
    var isComplete: Bool { field == nil }

    /// Takes the next byte; to be called until ``isComplete``.
    mutating func add(_ byte: UInt8) throws(InvalidArchive) {
        guard bytes.count < limit else { throw .limit("a gzip header is longer than \(limit) bytes") }
        bytes.append(byte)
        switch field {
        case .fixed:
            try checkFixed()
            if bytes.count == 10 { enter(Self.hasExtra) }
        case .extraLength:
            guard bytes.count - fieldStart == 2 else { return }
            let length = Int(bytes[fieldStart]) | Int(byte) << 8
            field = .extra(left: length)
            if length == 0 { enter(Self.hasName) }
        case .extra(let left):
            field = .extra(left: left - 1)
            if left == 1 { enter(Self.hasName) }
        case .name: if byte == 0 { enter(Self.hasComment) }
        case .comment: if byte == 0 { enter(Self.hasChecksum) }
        case .checksum:
            guard bytes.count - fieldStart == 2 else { return }
            try checkChecksum()
            field = nil
        case nil: throw .rejected("a gzip header goes on after its end")
        }
    }

    private func checkFixed() throws(InvalidArchive) {
        let last = bytes.count - 1
        if last < Self.magic.count, bytes[last] != Self.magic[last] {
            throw .rejected("bytes that are not gzip follow the compressed data")
        }
        if last == 2, bytes[2] != Self.deflate { throw .rejected("gzip data of an unknown method") }
        if last == 3, bytes[3] & Self.reserved != 0 { throw .rejected("a gzip header has reserved flags") }
    }

    /// Goes to the first field from `flag` on that this header has.
    private mutating func enter(_ flag: UInt8) {
        let order: [(UInt8, Field)] = [
            (Self.hasExtra, .extraLength), (Self.hasName, .name), (Self.hasComment, .comment),
            (Self.hasChecksum, .checksum),
        ]
        let rest = order.drop { $0.0 != flag }
        field = rest.first { bytes[3] & $0.0 != 0 }?.1
        fieldStart = bytes.count
    }

    /// The two low bytes of the CRC-32 of everything before them.
    private func checkChecksum() throws(InvalidArchive) {
        let covered = bytes.dropLast(2)
        let sum = unsafe covered.withUnsafeBytes {
            unsafe crc32_gzip_refl(0, $0.bindMemory(to: UInt8.self).baseAddress, UInt64($0.count))
        }
        guard bytes.suffix(2).elementsEqual([UInt8(truncatingIfNeeded: sum), UInt8(truncatingIfNeeded: sum >> 8)])
        else { throw .rejected("the checksum of a gzip header is wrong") }
    }
}
