import Diagnostics
import HelperProtocol

/// What the first bytes of an archive say about its compression.
enum ArchiveCompression: Hashable {
    case none
    case gzip
    case zstd
    /// Something that is known by name, but not read.
    case unsupported(String)

    static let zstdMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// Sixteen magics are for frames that hold nothing of the content.
    static func isSkippableZstdFrame(_ start: [UInt8]) -> Bool {
        start.count >= 4 && start[0] & 0xf0 == 0x50 && start[1...3].elementsEqual([0x2a, 0x4d, 0x18])
    }

    /// Bytes at the beginning that may tell what an archive is.
    static let telling = isoMagicOffset + isoMagic.count

    /// An ISO 9660 image begins with 32 KiB that belong to others, zeros as a rule.
    private static let isoMagic = Array("CD001".utf8)
    private static let isoMagicOffset = 32_769

    private static func isISO(_ start: [UInt8]) -> Bool {
        start.dropFirst(isoMagicOffset).starts(with: isoMagic)
    }

    private static func hasHeader(_ start: [UInt8]) -> Bool {
        // Any error says no.
        (try? TarHeader(Array(start.prefix(TarFormat.blockSize)))) != nil
    }

    /// Whether these are the first bytes of an uncompressed tar, if an empty one.
    static func isTar(_ start: [UInt8]) -> Bool {
        hasHeader(start)
            || start.count >= TarFormat.blockSize && TarHeader.isZero(start.prefix(TarFormat.blockSize))
                && !isISO(start)
    }

    /// Judges by up to ``telling`` bytes.
    init(_ start: [UInt8]) {
        // A tar may begin with a file called "BZh…", so a header that is right counts more than a magic.
        if Self.hasHeader(start) {
            self = .none
        } else if Self.isISO(start) {
            self = .unsupported("ISO 9660")
        } else if start.starts(with: [0x1f, 0x8b]) {
            self = .gzip
        } else if start.starts(with: Self.zstdMagic) || Self.isSkippableZstdFrame(start) {
            self = .zstd
        } else {
            self = Self.others.first { start.starts(with: $0.magic) }.map { .unsupported($0.name) } ?? .none
        }
    }

    private static let others: [(magic: [UInt8], name: String)] = [
        ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"),
        (Array("BZh".utf8), "bzip2"),
        (Array("LZIP".utf8), "lzip"),
        ([0x04, 0x22, 0x4d, 0x18], "lz4"),
        ([0x1f, 0x9d], "compress"),
        (Array("PK".utf8), "zip"),
        (Array("7z".utf8) + [0xbc, 0xaf, 0x27, 0x1c], "7-zip"),
    ]

    var name: String {
        switch self {
        case .none: "no compression"
        case .gzip: "gzip"
        case .zstd: "zstd"
        case .unsupported(let name): name
        }
    }

    /// Checks what was found against what was promised.
    func check(against promised: UnpackJob.Compression) throws(InvalidArchive) {
        let expected: ArchiveCompression? =
            switch promised {
            case .detect, .anyArchive: nil
            case .none: ArchiveCompression.none
            case .gzip: .gzip
            case .zstd: .zstd
            }
        if let expected, expected != self {
            throw .rejected("the archive should have \(expected.name), but its first bytes say \(name)")
        }
        guard case .unsupported(let name) = self else { return }
        throw .unsupported(
            "the archive is in the format \(name), which layers cannot use",
            hint: "make it a tar, compressed with gzip or zstd, or not at all")
    }

    func decompressor(limits: Limits) throws(InvalidArchive) -> any Decompressor {
        switch self {
        case .gzip: GzipDecompressor(limits: limits)
        case .zstd: try ZstdDecompressor(limits: limits)
        case .none, .unsupported: PlainDecompressor()
        }
    }
}
