/// What bytes are called by: `sha256:` and 64 lower-case hexadecimal digits.
///
/// Source: OCI image-spec v1.1, descriptor.md, "Digests" and "SHA-256". Other algorithms are not read: every layout
/// that matters uses this one.
public struct Digest: Hashable, Sendable {
    /// The 64 digits alone, which are the name of the blob's file.
    public let hex: String

    /// Nil unless the text is spelled exactly as the specification says, so that it can be a file name.
    public init?(_ text: String) {
        let prefix = Array("sha256:".utf8)
        guard text.utf8.starts(with: prefix) else { return nil }
        self.init(hex: String(decoding: text.utf8.dropFirst(prefix.count), as: UTF8.self))
    }

    public init?(hex: String) {
        guard hex.utf8.count == 64,
            hex.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.hex = hex
    }

    /// The digest of `bytes`.
    public init(of bytes: [UInt8]) {
        let hash = SHA256()
        hash.update(bytes)
        self = hash.finish()
    }

    /// The digest with these 32 bytes.
    init(sha256 bytes: [UInt8]) {
        precondition(bytes.count == 32, "a SHA-256 has 32 bytes")
        let digits = Array("0123456789abcdef".utf8)
        hex = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Digest: CustomStringConvertible {
    public var description: String { "sha256:\(hex)" }
}

extension Digest: Comparable {
    public static func < (left: Digest, right: Digest) -> Bool {
        left.hex.utf8.lexicographicallyPrecedes(right.hex.utf8)
    }
}
