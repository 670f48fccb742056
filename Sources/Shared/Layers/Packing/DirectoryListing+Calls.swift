import CShims
import Diagnostics
import Glibc
import LinuxSystem

/// The calls on one entry, by its name in the open directory: no path is ever resolved.
extension DirectoryListing {
    /// Opens the entry to read, not what it links to; a FIFO does not block.
    func open(
        _ entry: Entry, in directory: CInt, _ flags: CInt = 0, at path: @autoclosure () -> ByteString
    ) throws(SystemError) -> OwnedDescriptor {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags
        let raw = try unsafe withName(of: entry) { (name) throws(SystemError) in
            try check("openat", path()) { unsafe stk_openat(directory, name, flags, 0) }
        }
        return OwnedDescriptor(adopting: raw)
    }

    func status(
        of entry: Entry, in directory: CInt, at path: @autoclosure () -> ByteString
    ) throws(SystemError) -> FileStatus {
        try unsafe withName(of: entry) { (name) throws(SystemError) in
            try unsafe FileStatus(of: name, in: directory, at: path())
        }
    }

    func linkTarget(
        of entry: Entry, in directory: CInt, at path: @autoclosure () -> ByteString
    ) throws(SystemError) -> ByteString {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try unsafe withName(of: entry) { (name) throws(SystemError) in
            try check("readlinkat", path()) {
                unsafe readlinkat(directory, name, &target, target.count)
            }
        }
        return ByteString(target[..<count].map { UInt8(bitPattern: $0) })
    }
}
