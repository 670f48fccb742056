import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

// What is in an open file or directory.
extension OwnedDescriptor {
    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemError) {
        let raw = raw
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            // Offsets were checked against the size of the file, which fits.
            let position = off_t(clamping: offset + UInt64(done))
            done += try check("pwrite") { unsafe pwrite(raw, rest.baseAddress, rest.count, position) }
        }
    }

    /// Sets the size; what was not written reads as zeros and takes no space.
    func setSize(_ size: UInt64) throws(SystemError) {
        let raw = raw
        try check("ftruncate") { ftruncate(raw, off_t(clamping: size)) }
    }

    func setExtendedAttribute(_ attribute: ExtendedAttribute) throws(SystemError) {
        let raw = raw
        let value = attribute.value.bytes
        try unsafe attribute.name.withCString(for: "fsetxattr") { (name) throws(SystemError) in
            _ = try check("fsetxattr") {
                unsafe value.withUnsafeBytes { unsafe fsetxattr(raw, name, $0.baseAddress, $0.count, 0) }
            }
        }
    }

    func removeExtendedAttribute(_ name: ByteString) throws(SystemError) {
        let raw = raw
        try unsafe name.withCString(for: "fremovexattr") { (name) throws(SystemError) in
            _ = try check("fremovexattr") { unsafe fremovexattr(raw, name) }
        }
    }

    /// - Returns: `nil` where there is no such attribute, or the file system has none.
    func extendedAttribute(_ name: ByteString) throws(SystemError) -> ByteString? {
        let raw = raw
        // XATTR_SIZE_MAX.
        var value = [UInt8](repeating: 0, count: 65_536)
        do {
            let count = try unsafe name.withCString(for: "fgetxattr") { (name) throws(SystemError) in
                try check("fgetxattr") {
                    unsafe value.withUnsafeMutableBytes { unsafe fgetxattr(raw, name, $0.baseAddress, $0.count) }
                }
            }
            return ByteString(value.prefix(count))
        } catch {
            guard error.errno == .noData || error.errno == .notSupported else { throw error }
            return nil
        }
    }

    func extendedAttributeNames() throws(SystemError) -> [ByteString] {
        let raw = raw
        // XATTR_LIST_MAX.
        var names = [CChar](repeating: 0, count: 65_536)
        let count = try check("flistxattr") { unsafe flistxattr(raw, &names, names.count) }
        return names.prefix(count).split(separator: 0).map { ByteString($0.map { UInt8(bitPattern: $0) }) }
    }
}
