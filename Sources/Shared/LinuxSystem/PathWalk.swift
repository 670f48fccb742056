import CShims
import Diagnostics
import Glibc
import SystemPackage

/// Resolves a path below a directory one component at a time, as openat2(2) would, where that call is not to be had.
///
/// Every directory on the way is held open, and `..` goes back to the one that was come from: a directory that is moved
/// away meanwhile leads nowhere else. Each component is opened without following it, so that a link that takes its place
/// is read and not followed. Links of procfs are refused as magic ones, of which nothing else tells them apart.
final class PathWalk {
    private let root: CInt
    private let resolution: PathResolution
    /// Below the root, innermost last.
    private var directories: [CInt] = []
    private var links = 0

    /// `root` has to stay open as long as this value is used.
    init(_ root: borrowing OwnedDescriptor, _ resolution: PathResolution) {
        self.root = root.raw
        self.resolution = resolution
    }

    deinit { for descriptor in directories { _ = close(descriptor) } }

    private var current: CInt { directories.last ?? root }

    func open(_ path: ByteString, _ flags: CInt, mode: UInt32) throws(SystemError) -> OwnedDescriptor {
        guard !path.isEmpty else { throw SystemError("openat", path, errno: .noSuchFileOrDirectory) }
        if path.bytes.first == 0x2f, resolution == .noSymbolicLinks {
            throw SystemError("openat", path, errno: .improperLink)
        }
        var rest = Self.components(path)
        // What `name/` and `name/.` say: it has to be a directory.
        var isDirectory = path.bytes.last == 0x2f || rest.last == "."
        while let name = rest.popFirst() {
            if name == "." { continue }
            if name == ".." {
                try goUp(path)
                continue
            }
            let isLast = rest.allSatisfy { $0 == "." }
            if isLast, !isDirectory {
                // The link itself is wanted, or nothing that is there already.
                let takesLinks = flags & O_NOFOLLOW != 0 || flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL
                if takesLinks { return try openHere(name, flags, mode) }
            }
            guard let target = try linkTarget(of: name, path) else {
                if isLast, !isDirectory { return try openNoLink(name, flags, mode) }
                try enter(name)
                continue
            }
            if target.bytes.first == 0x2f { leaveAll() }
            if isLast, target.bytes.last == 0x2f { isDirectory = true }
            rest = Self.components(target) + rest
        }
        return try openHere(".", flags, mode)
    }

    private static func components(_ path: ByteString) -> ArraySlice<ByteString> {
        path.bytes.split(separator: 0x2f).map { ByteString(Array($0)) }[...]
    }

    private func openHere(_ name: ByteString, _ flags: CInt, _ mode: UInt32) throws(SystemError) -> OwnedDescriptor {
        let raw = current
        let opened = try unsafe name.withCString(for: "openat") { (text) throws(SystemError) in
            try check("openat", name) { unsafe stk_openat(raw, text, flags | O_CLOEXEC, mode) }
        }
        return OwnedDescriptor(adopting: opened)
    }

    private func openNoLink(_ name: ByteString, _ flags: CInt, _ mode: UInt32) throws(SystemError) -> OwnedDescriptor {
        let file = try openHere(name, flags | O_NOFOLLOW, mode)
        // Without O_PATH a link that took the place is an error already; with it the link itself was opened.
        if flags & stk_o_path != 0, try file.status().kind == .symbolicLink {
            throw SystemError("openat", name, errno: .tooManySymbolicLinkLevels)
        }
        return file
    }

    private func enter(_ name: ByteString) throws(SystemError) {
        directories.append(try openHere(name, stk_o_path | O_NOFOLLOW | O_DIRECTORY, 0).release())
    }

    private func goUp(_ path: ByteString) throws(SystemError) {
        if let last = directories.popLast() {
            _ = close(last)
        } else if resolution == .noSymbolicLinks {
            throw SystemError("openat", path, errno: .improperLink)
        }
    }

    private func leaveAll() {
        for descriptor in directories { _ = close(descriptor) }
        directories = []
    }

    /// What `name` points to, or `nil` where it is no link; where nothing is there, opening it says so.
    private func linkTarget(of name: ByteString, _ path: ByteString) throws(SystemError) -> ByteString? {
        let raw = current
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let size = buffer.count
        let length = try unsafe name.withCString(for: "readlinkat") { (text) throws(SystemError) -> Int? in
            do throws(SystemError) {
                return try check("readlinkat", name) { unsafe readlinkat(raw, text, &buffer, size) }
            } catch {
                guard [.invalidArgument, .noSuchFileOrDirectory].contains(error.errno) else { throw error }
                return nil
            }
        }
        guard let length else { return nil }
        links += 1
        var type: UInt32 = 0
        try check("fstatfs") { unsafe stk_fstatfs_type(raw, &type) }
        guard resolution == .inRoot, links <= 40, FileSystemKind(magic: type) != .proc else {
            throw SystemError("openat", path, errno: .tooManySymbolicLinkLevels)
        }
        return ByteString(buffer.prefix(length).map { UInt8(bitPattern: $0) })
    }
}
