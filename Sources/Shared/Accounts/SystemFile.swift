import Glibc
public import LinuxSystem
public import SystemPackage

/// Small files of the host: those in /etc, /proc and /sys.
public enum SystemFile {
    /// Far above any real /etc/subuid or /etc/passwd.
    private static let limit = 8 << 20

    /// The bytes, or `nil` where there is no such file.
    ///
    /// A FIFO or a device does not block: it reads as an empty file or an error.
    public static func contents(of path: FilePath) throws(SystemError) -> [UInt8]? {
        do throws(SystemError) {
            return try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY).readToEnd(limit: limit)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            throw error
        }
    }
}

extension SystemFile {
    /// Whether the path names something, readable or not.
    public static func exists(_ path: FilePath) -> Bool {
        unsafe path.withPlatformString { unsafe access($0, F_OK) } == 0
    }
}
