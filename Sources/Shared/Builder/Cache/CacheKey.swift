import Digests

/// What a result is kept under: the digest of everything that can change it.
struct CacheKey: Hashable, Sendable {
    let digest: Digest

    init(_ digest: Digest) { self.digest = digest }

    init(_ bytes: CanonicalBytes) { digest = bytes.digest }

    /// The version of what is kept, and of how keys are made: results of another version are not seen.
    static let schema: Int64 = 1
}

extension CacheKey: CustomStringConvertible {
    var description: String { digest.hex }
}
