import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// An open directory and the entries in it.
@safe final class DirectoryListing {
    private let stream: OpaquePointer

    struct Entry {
        var name: ByteString
        /// Whether the file system says that it is one; where it says nothing, false.
        var isDirectory: Bool
    }

    init(_ directory: consuming OwnedDescriptor) throws(SystemError) {
        guard let stream = unsafe fdopendir(directory.raw) else {
            throw SystemError("fdopendir", errno: Errno(rawValue: Glibc.errno))
        }
        unsafe self.stream = stream
        _ = directory.release()
    }

    deinit { unsafe closedir(stream) }

    /// The number, for one call; it is open as long as this object lives.
    var raw: CInt { unsafe dirfd(stream) }

    /// The next entry other than `.` and `..`.
    func next() throws(SystemError) -> Entry? {
        while true {
            Glibc.errno = 0
            guard let entry = unsafe readdir(stream), let text = unsafe stk_dirent_name(entry) else {
                let code = Errno(rawValue: Glibc.errno)
                guard code.rawValue == 0 else { throw SystemError("readdir", errno: code) }
                return nil
            }
            let bytes = unsafe UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
            if bytes == [0x2e] || bytes == [0x2e, 0x2e] { continue }
            return Entry(name: ByteString(bytes), isDirectory: unsafe entry.pointee.d_type == UInt8(DT_DIR))
        }
    }

    func rewind() { unsafe rewinddir(stream) }
}
