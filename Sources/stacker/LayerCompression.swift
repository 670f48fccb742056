import Diagnostics
import HelperProtocol

/// Reads the value of `--compression`.
enum LayerCompression {
    /// What the flag takes, for completion and messages.
    static let values = ["gzip", "gzip-small", "zstd", "none"]

    static func parse(_ text: String) throws(Failure) -> PackJob.Compression {
        switch text {
        case "gzip": return .gzip
        case "gzip-small": return .gzipSmall
        case "zstd": return .zstd(level: defaultLevel)
        case "none": return .none
        default: break
        }
        for level in levels where text == "zstd:\(level)" { return .zstd(level: level) }
        throw Failure(
            "unknown compression \(ByteString(text))",
            hint: "set --compression to gzip, gzip-small, none, zstd, or zstd:1 to zstd:\(levels.upperBound)",
            class: .usage)
    }

    /// Those that need no more memory to read than any reader grants.
    private static let levels: ClosedRange<UInt8> = 1...19

    /// What the zstd program takes too.
    private static let defaultLevel: UInt8 = 3
}
