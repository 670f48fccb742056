import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Reads extended attributes through buffers that are made once.
struct AttributeReader {
    // The kernel's bounds for a list and for a value: linux/limits.h, `XATTR_LIST_MAX` and `XATTR_SIZE_MAX`.
    private var names = [UInt8](repeating: 0, count: 65_536)
    private var value = [UInt8](repeating: 0, count: 65_536)

    /// The attributes of an open file as this namespace sees them: `security.capability` without a root id.
    mutating func attributes(
        of descriptor: CInt, at path: @autoclosure () -> ByteString
    ) throws(SystemError) -> FileAttributes {
        var attributes = FileAttributes()
        let count = try listNames(of: descriptor, at: path())
        guard count > 0 else { return attributes }
        for name in names[..<count].split(separator: 0) {
            let name = ByteString(name)
            switch AttributeRule(for: name) {
            case .dropped: continue
            case .unwritable: attributes.unwritable += 1
            case .whiteoutMark: attributes.isWhiteout = true
            case .opaqueMark:
                attributes.isOpaque = try readValue(of: name, on: descriptor, at: path()) == [UInt8(ascii: "y")]
            case .carried(let written):
                let value = try readValue(of: name, on: descriptor, at: path())
                // A PAX record without a value means "as if there were none", so it cannot carry an empty one.
                if !value.isEmpty {
                    attributes.carried.append(ExtendedAttribute(name: written, value: ByteString(value)))
                }
            }
        }
        return attributes
    }

    private mutating func listNames(of descriptor: CInt, at path: ByteString) throws(SystemError) -> Int {
        do {
            return try check("flistxattr", path) {
                unsafe names.withUnsafeMutableBytes {
                    unsafe flistxattr(descriptor, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
                }
            }
        } catch {
            if error.errno == .notSupported { return 0 }
            throw error
        }
    }

    private mutating func readValue(
        of name: ByteString, on descriptor: CInt, at path: ByteString
    ) throws(SystemError) -> [UInt8] {
        let count = try unsafe name.withCString(for: "fgetxattr") { (text) throws(SystemError) in
            try check("fgetxattr", path) {
                unsafe value.withUnsafeMutableBytes { unsafe fgetxattr(descriptor, text, $0.baseAddress, $0.count) }
            }
        }
        return Array(value[..<count])
    }
}
