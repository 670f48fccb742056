import CCrypto

/// A SHA-256 in the making.
///
/// Owned by one thread at a time; libcrypto uses the processor's SHA instructions where there are any.
@safe public final class SHA256 {
    private let context: OpaquePointer

    /// Without this, the first digest reads the configuration of libcrypto: files that no digest depends on, which
    /// are not there in a jail, and which take longer than a small digest.
    private static let withoutConfiguration = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)

    public init() {
        precondition(Self.withoutConfiguration == 1, "libcrypto starts")
        // Both calls fail only for want of memory, or where libcrypto was built without SHA-256.
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto offers SHA-256")
        }
        unsafe self.context = unsafe context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        let status = unsafe EVP_DigestUpdate(context, start, bytes.count)
        precondition(status == 1, "EVP_DigestUpdate works until the digest is finished")
    }

    public func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    /// The digest of all that was added; nothing may be added afterwards.
    public func finish() -> Digest {
        var bytes = [UInt8](repeating: 0, count: 32)
        let status = unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe EVP_DigestFinal_ex(context, $0.baseAddress, nil)
        }
        precondition(status == 1, "a digest is finished once")
        return Digest(sha256: bytes)
    }
}
