import CShims
import Glibc
import LinuxSystem
import SystemPackage

/// What the worker does when it is locked in.
enum Deed: String, CaseIterable {
    case unpack
    case wait
    case socket
    case execute
    case privileges

    /// The status to end with, where the deed is not the end itself.
    func perform() throws -> CInt {
        switch self {
        case .unpack: return try Self.unpack()
        case .wait:
            close(open("/ready", O_CREAT | O_WRONLY, 0o600))
            while true { sleep(60) }
        case .socket: _ = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        case .execute: execve("/bin/sh", [nil], [nil])
        case .privileges:
            guard mknod("/device", S_IFCHR | 0o600, Self.null) == -1, errno == EPERM else { return 3 }
            guard access("/proc", F_OK) == -1, access("../../../etc", F_OK) == -1 else { return 4 }
        }
        return 0
    }

    /// The number of /dev/null.
    private static let null = dev_t(1 << 8 | 3)

    /// Everything that unpacking a layer does to a file system.
    private static func unpack() throws -> CInt {
        try check("mkdir") { mkdir("/dir", 0o755) }
        let file = try OwnedDescriptor.open("/dir/file", O_CREAT | O_RDWR, mode: 0o600)
        try file.write(Array("content".utf8))
        try check("fchown") { fchown(file.raw, 1234, 77) }
        try check("fchmod") { fchmod(file.raw, 0o4755) }
        try check("fsetxattr") { fsetxattr(file.raw, "user.test", "value", 5, 0) }
        let times = [timespec(tv_sec: 1, tv_nsec: 2), timespec(tv_sec: 3, tv_nsec: 4)]
        try check("futimens") { futimens(file.raw, times) }
        try check("fsync") { fsync(file.raw) }
        try check("mknod") { mknod("/whiteout", S_IFCHR, 0) }
        try check("mkfifo") { mkfifo("/fifo", 0o600) }
        try check("symlink") { symlink("../../../etc/passwd", "/link") }
        try check("link") { link("/dir/file", "/hard") }
        try check("rename") { rename("/hard", "/renamed") }
        guard try names(in: "/") == ["dir", "fifo", "link", "renamed", "whiteout"] else { return 5 }
        try check("unlink") { unlink("/fifo") }
        return 0
    }

    private static func names(in path: String) throws -> Set<String> {
        guard let directory = opendir(path) else { throw SystemError("opendir", errno: Errno(rawValue: errno)) }
        defer { closedir(directory) }
        var names: Set<String> = []
        while let entry = readdir(directory) {
            names.insert(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.subtracting([".", ".."])
    }
}
