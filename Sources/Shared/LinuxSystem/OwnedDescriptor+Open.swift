import CShims
public import Diagnostics
import Glibc
public import SystemPackage

/// How a path below a directory is resolved (openat2(2), Linux 5.6).
public enum PathResolution: Sendable {
    /// Symbolic links and `..` resolve as if the directory were `/`; magic links are refused.
    case inRoot
    /// No symbolic link anywhere, and never out of the directory.
    case noSymbolicLinks

    var bits: UInt64 {
        switch self {
        case .inRoot: stk_resolve_in_root | stk_resolve_no_magiclinks
        case .noSymbolicLinks: stk_resolve_beneath | stk_resolve_no_symlinks | stk_resolve_no_magiclinks
        }
    }
}

extension OwnedDescriptor {
    /// Opens the directory that the last component of `path` is an entry of.
    public static func open(directoryOf path: FilePath) throws(SystemError) -> OwnedDescriptor {
        let directory = path.removingLastComponent()
        return try open(directory: directory.isEmpty ? "." : directory)
    }

    /// Opens a host path, to read unless `flags` (the O_ constants) say otherwise; O_CLOEXEC is always added.
    public static func open(
        _ path: FilePath, _ flags: CInt = 0, mode: UInt32 = 0o600
    ) throws(SystemError) -> OwnedDescriptor {
        OwnedDescriptor(
            adopting: try check("open", ByteString(path)) {
                unsafe path.withPlatformString { unsafe stk_openat(AT_FDCWD, $0, flags | O_CLOEXEC, mode) }
            })
    }

    public static func open(directory path: FilePath) throws(SystemError) -> OwnedDescriptor {
        try open(path, O_RDONLY | O_DIRECTORY)
    }

    /// Opens whatever is at a host path, without the right to read it (O_PATH).
    public static func openPlace(_ path: FilePath) throws(SystemError) -> OwnedDescriptor {
        try open(path, stk_o_path)
    }

    /// Opens `path` below `root`, never leaving it, to read unless `flags` say otherwise; O_CLOEXEC is always added.
    ///
    /// `EAGAIN` (a rename raced with the walk) is retried a bounded number of times.
    public static func open(
        _ path: ByteString, in root: borrowing OwnedDescriptor, _ flags: CInt = 0, mode: UInt32 = 0,
        resolving resolution: PathResolution = .inRoot
    ) throws(SystemError) -> OwnedDescriptor {
        do throws(SystemError) {
            return try openByKernel(path, in: root, flags, mode: mode, resolving: resolution)
        } catch {
            // Some filters (systemd's RestrictSUIDSGID, old container engines) make the call seem missing.
            guard error.errno == .noFunction else { throw error }
            return try PathWalk(root, resolution).open(path, flags, mode: mode)
        }
    }

    private static func openByKernel(
        _ path: ByteString, in root: borrowing OwnedDescriptor, _ flags: CInt, mode: UInt32,
        resolving resolution: PathResolution
    ) throws(SystemError) -> OwnedDescriptor {
        let raw = root.raw
        let descriptor = try unsafe path.withCString(for: "openat2") { (name) throws(SystemError) -> CInt in
            var attempts = 0
            while true {
                do throws(SystemError) {
                    return try check("openat2", path) {
                        var how = stk_open_how(
                            flags: UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), mode: UInt64(mode),
                            resolve: resolution.bits)
                        return unsafe stk_openat2(raw, name, &how)
                    }
                } catch {
                    attempts += 1
                    guard error.errno == .resourceTemporarilyUnavailable, attempts < 128 else { throw error }
                }
            }
        }
        return OwnedDescriptor(adopting: descriptor)
    }

    /// A second descriptor for the same open file.
    public func duplicate() throws(SystemError) -> OwnedDescriptor {
        let raw = raw
        return OwnedDescriptor(adopting: try check("dup") { fcntl(raw, F_DUPFD_CLOEXEC, 3) })
    }
}
