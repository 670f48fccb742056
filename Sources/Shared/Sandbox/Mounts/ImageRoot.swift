import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// The root directory of an image, in which every path is resolved as if it were `/`.
///
/// Symbolic links of the image, whatever they say, lead to places inside it; what is missing is made inside it.
struct ImageRoot: ~Copyable {
    let directory: OwnedDescriptor
    /// Where it is on the host; a prefix of what getcwd(2) says in any of its directories.
    private let hostPath: [UInt8]
    private let device: UInt64
    /// What was made in the image itself, and not in something that is mounted there, in the order it was made.
    private(set) var made: [MadeMountPoint] = []

    enum Kind: Hashable, Sendable {
        case directory
        case file
    }

    /// The working directory, which the caller has made the root of the overlay.
    static func workingDirectory() throws(SystemError) -> ImageRoot {
        let directory = try OverlayMount.open(".")
        let device = try directory.status().device
        return ImageRoot(directory: directory, hostPath: try ThisProcess.workingDirectory(), device: device)
    }

    private init(directory: consuming OwnedDescriptor, hostPath: [UInt8], device: UInt64) {
        self.directory = directory
        self.hostPath = hostPath
        self.device = device
    }

    /// Opens `path` without reading rights (O_PATH), following the image's links inside the image.
    func open(_ path: ByteString) throws(SystemError) -> OwnedDescriptor {
        try OwnedDescriptor.open(path, in: directory, stk_o_path)
    }

    /// Opens `path`, which is made first where it is missing.
    ///
    /// - Throws: `ENOTDIR` or `EISDIR` where something of another kind is there, `ELOOP` for links that go round.
    mutating func openMountPoint(_ path: ByteString, _ kind: Kind) throws(SystemError) -> OwnedDescriptor {
        let point: OwnedDescriptor
        do throws(SystemError) {
            point = try open(path)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            try make(path, kind)
            point = try open(path)
        }
        switch (kind, try point.status().kind == .directory) {
        case (.directory, false): throw SystemError("mount", path, errno: .notDirectory)
        case (.file, true): throw SystemError("mount", path, errno: .isDirectory)
        default: return point
        }
    }

    /// Makes every missing component of `path`; links that lead nowhere get what they point to.
    private mutating func make(_ path: ByteString, _ kind: Kind) throws(SystemError) {
        var done: [[UInt8]] = []
        var rest = Self.components(path.bytes)
        var links = 0
        var parent = try open(".")
        while !rest.isEmpty {
            let name = rest.removeFirst()
            do throws(SystemError) {
                parent = try open(Self.path(done + [name]))
                done.append(name)
                continue
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw error }
            }
            if let target = try Self.linkTarget(name, in: parent) {
                links += 1
                guard links <= 40 else { throw SystemError("openat2", path, errno: .tooManySymbolicLinkLevels) }
                if target.first == 0x2f {
                    done = []
                    parent = try open(".")
                }
                rest = Self.components(target) + rest
            } else {
                try make(name, rest.isEmpty ? kind : .directory, in: parent)
                done.append(name)
                if !rest.isEmpty { parent = try open(Self.path(done)) }
            }
        }
    }

    private mutating func make(
        _ name: [UInt8], _ kind: Kind, in parent: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let raw = parent.raw
        let before = try parent.status()
        let bytes = ByteString(name)
        try unsafe bytes.withCString(for: "mkdirat") { (text) throws(SystemError) in
            switch kind {
            case .directory: try check("mkdirat", bytes) { unsafe mkdirat(raw, text, 0o755) }
            case .file:
                let flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC
                let file = try check("openat", bytes) { unsafe stk_openat(raw, text, flags, 0o644) }
                try OwnedDescriptor(adopting: file).close()
            }
        }
        // Something that is mounted in the image: it goes away by itself, or is the user's own directory.
        guard before.device == device else { return }
        let own = try OwnedDescriptor.open(bytes, in: parent, stk_o_path, resolving: .noSymbolicLinks).status()
        made.append(
            MadeMountPoint(
                parent: try pathInImage(of: parent), name: bytes, isDirectory: kind == .directory,
                modified: own.modified, parentAccessed: before.accessed, parentModified: before.modified,
                parentModifiedAfter: try parent.status().modified))
    }

    /// The path of an open directory from the image's root, as the kernel knows it: no links in it.
    private func pathInImage(of directory: borrowing OwnedDescriptor) throws(SystemError) -> ByteString {
        let (there, here) = (directory.raw, self.directory.raw)
        try check("fchdir") { fchdir(there) }
        defer { _ = fchdir(here) }
        let path = try ThisProcess.workingDirectory()
        guard path.starts(with: hostPath) else { throw SystemError("getcwd", errno: .noSuchFileOrDirectory) }
        return ByteString(path.dropFirst(hostPath.count).drop { $0 == 0x2f })
    }

    private static func components(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: 0x2f).map(Array.init).filter { $0 != [0x2e] }
    }

    /// Relative, because an empty path is no path.
    private static func path(_ components: [[UInt8]]) -> ByteString {
        ByteString(Array(([[0x2e]] + components).joined(separator: [0x2f])))
    }

    private static func linkTarget(
        _ name: [UInt8], in directory: borrowing OwnedDescriptor
    ) throws(SystemError) -> [UInt8]? {
        let raw = directory.raw
        let bytes = ByteString(name)
        return try unsafe bytes.withCString(for: "readlinkat") { (text) throws(SystemError) -> [UInt8]? in
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let size = buffer.count
            do throws(SystemError) {
                let length = try check("readlinkat", bytes) { unsafe readlinkat(raw, text, &buffer, size) }
                return buffer.prefix(length).map { UInt8(bitPattern: $0) }
            } catch {
                // Not a link, or nothing at all.
                guard [.invalidArgument, .noSuchFileOrDirectory].contains(error.errno) else { throw error }
                return nil
            }
        }
    }
}
