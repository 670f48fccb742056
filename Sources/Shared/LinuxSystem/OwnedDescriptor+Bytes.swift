import Diagnostics
import Glibc
import SystemPackage

extension OwnedDescriptor {
    /// Reads at most `capacity` bytes at the current offset; an empty result is the end.
    public func read(upTo capacity: Int) throws(SystemError) -> [UInt8] {
        let raw = raw
        return try unsafe [UInt8](unsafeUninitializedCapacity: capacity) { (buffer, count) throws(SystemError) in
            count = try check("read") { unsafe Glibc.read(raw, buffer.baseAddress, capacity) }
        }
    }

    /// Reads to the end, or stops with `EFBIG` past `limit` bytes.
    public func readToEnd(limit: Int) throws(SystemError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try read(upTo: 65_536)
            if piece.isEmpty { return all }
            guard all.count + piece.count <= limit else { throw SystemError("read", errno: .fileTooLarge) }
            all += piece
        }
    }

    /// Writes all of `bytes`.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        let raw = raw
        var done = 0
        while done < bytes.count {
            done += try check("write") {
                unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.write(raw, $0.baseAddress?.advanced(by: done), $0.count - done)
                }
            }
        }
    }

    public func synchronize() throws(SystemError) {
        let raw = raw
        try check("fsync") { fsync(raw) }
    }
}

extension OwnedDescriptor {
    /// Bytes that this user may still write on the file system.
    public func freeBytes() throws(SystemError) -> UInt64 {
        let raw = raw
        var status = statvfs()
        try check("fstatvfs") { unsafe fstatvfs(raw, &status) }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : bytes
    }
}

extension OwnedDescriptor {
    /// A descriptor of its own for standard input.
    public static func standardInput() throws(SystemError) -> OwnedDescriptor {
        OwnedDescriptor(adopting: try check("dup") { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) })
    }
}
