import Digests
import Diagnostics
import Glibc
import LinuxSystem

/// Where the archive goes: counted, hashed where nobody else does that, and written in one pass.
final class ArchiveOutput: @unchecked Sendable {
    // Safety: used by one stage, and by the caller after that stage has ended.
    private let descriptor: CInt
    private let hash: SHA256?
    private(set) var count: UInt64 = 0

    /// The descriptor stays the caller's, who keeps it open while this value lives.
    init(to descriptor: CInt, hashing: Bool) {
        self.descriptor = descriptor
        hash = hashing ? SHA256() : nil
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        unsafe hash?.update(bytes)
        var done = 0
        while done < bytes.count {
            done += try check("write", "the layer archive") {
                unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            }
        }
        count += UInt64(bytes.count)
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
            try unsafe write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// The digest of all that was written, as OCI spells it, where it was hashed; nothing may be written afterwards.
    func finish() -> String? { hash?.finish().description }
}
