import CZlib
import CZstd
import Diagnostics
public import HelperProtocol

extension PackJob.Compression {
    /// Names the encoder, its level and its library's version: the same id makes the same bytes of the same content.
    public var encoderID: String {
        switch self {
        case .none: "none"
        case .gzip: "isal-1/\(FastDeflateEncoder.version)"
        case .gzipSmall: "zlib-\(Self.smallLevel)/\(unsafe String(cString: zlibVersion()))"
        case .zstd(let level): "zstd-\(level)/\(unsafe String(cString: ZSTD_versionString()))"
        }
    }

    /// Bytes of content that are compressed as one independent piece; part of what ``encoderID`` promises.
    ///
    /// Deflate looks back 32 KiB, so 1 MiB costs next to nothing. zstd looks back further: against one frame for all
    /// of a 256 MiB archive of /usr, frames of 4 MiB cost 0.1 % at level 1 and 0.6 % at level 3; 1 MiB cost 0.4 % and
    /// 2 %.
    var blockBytes: Int {
        switch self {
        case .none, .gzip, .gzipSmall: 1 << 20
        case .zstd: 4 << 20
        }
    }

    /// Room for the worst case of one block.
    ///
    /// More than the theory asks for: ISA-L's bytes stay the same only while the output never runs full.
    var outputBytes: Int { blockBytes + (256 << 10) }

    var header: [UInt8] {
        switch self {
        case .gzip, .gzipSmall: Gzip.header
        case .none, .zstd: []
        }
    }

    func trailer(checksum: UInt32, contentBytes: UInt64) -> [UInt8] {
        switch self {
        case .gzip, .gzipSmall: Gzip.trailer(checksum: checksum, contentBytes: contentBytes)
        case .none, .zstd: []
        }
    }

    /// More compressors would need more memory than packing may take.
    var maximumCompressors: Int {
        switch self {
        case .none: 0
        case .gzip, .gzipSmall: 8
        case .zstd: 3
        }
    }

    /// An encoder for one thread.
    ///
    /// - Returns: `nil` where the content is stored as it is.
    func makeEncoder() throws(Failure) -> (any BlockEncoder)? {
        switch self {
        case .none: nil
        case .gzip: FastDeflateEncoder()
        case .gzipSmall: try DeflateEncoder(level: Self.smallLevel)
        case .zstd(let level): try ZstandardEncoder(level: level)
        }
    }

    private static let smallLevel: CInt = 6
}
