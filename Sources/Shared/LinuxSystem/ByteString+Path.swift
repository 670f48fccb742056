public import Diagnostics
import Glibc
public import SystemPackage

extension ByteString {
    /// The bytes of a host path, exactly.
    public init(_ path: FilePath) {
        let bytes = unsafe path.withPlatformString { text in
            unsafe UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
        }
        self.init(bytes)
    }

    /// Calls `body` with the bytes as a C string.
    ///
    /// - Throws: `EINVAL` in the name of `call` where a NUL would hide the rest from the kernel.
    public func withCString<Result>(
        for call: StaticString, _ body: (UnsafePointer<CChar>) throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        guard !containsNUL else { throw SystemError("\(call)", self, errno: .invalidArgument) }
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        return try unsafe body(terminated)
    }
}

extension FilePath {
    /// The host path of these bytes, normalised as FilePath does.
    ///
    /// - Returns: `nil` where the bytes hold a NUL.
    public init?(_ bytes: ByteString) {
        guard !bytes.containsNUL else { return nil }
        let terminated = bytes.bytes.map { CChar(bitPattern: $0) } + [0]
        self.init(platformString: terminated)
    }
}
