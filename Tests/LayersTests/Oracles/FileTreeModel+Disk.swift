import Digests
import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

@testable import Layers

// Every call is on a name in an open directory, so that paths longer than the kernel takes at once can be made and read.
extension FileTreeModel {
    /// Makes the tree in `root`, an existing directory.
    func make(in root: FilePath) throws {
        let directory = try OwnedDescriptor.open(directory: root)
        try make("", in: directory, from: directory)
    }

    private func make(_ path: ByteString, in directory: borrowing OwnedDescriptor, from root: borrowing OwnedDescriptor)
        throws
    {
        for child in children(of: path) {
            guard let entry = entries[child] else { continue }
            try make(child, entry, in: directory, from: root)
        }
        guard let entry = entries[path] else { return }
        try describe(directory, entry, path)
        var times = Self.times(entry)
        try check("futimens", path) { futimens(directory.raw, &times) }
    }

    private func make(
        _ path: ByteString, _ entry: Entry, in directory: borrowing OwnedDescriptor,
        from root: borrowing OwnedDescriptor
    ) throws {
        let name = path.lastComponent
        if let first = entry.firstName {
            let source = try open(first.parent, from: root)
            return try first.lastComponent.withCString(for: "linkat") { from throws(SystemError) in
                try name.withCString(for: "linkat") { to throws(SystemError) in
                    _ = try check("linkat", path) { linkat(source.raw, from, directory.raw, to, 0) }
                }
            }
        }
        let parent = directory.raw
        switch entry.kind {
        case .file(let content):
            let file = try Self.open(name, in: parent, O_RDWR | O_CREAT | O_EXCL)
            try Self.write(contents[content] ?? [], to: file.raw, path)
            try describe(file, entry, path)
        case .directory:
            try name.withCString(for: "mkdirat") { name throws(SystemError) in
                _ = try check("mkdirat", path) { mkdirat(parent, name, 0o700) }
            }
            let made = try Self.open(name, in: parent, O_RDONLY | O_DIRECTORY)
            return try make(path, in: made, from: root)
        case .symbolicLink(let target):
            try directory.makeSymbolicLink(name, to: target)
            try name.withCString(for: "fchownat") { name throws(SystemError) in
                _ = try check("fchownat", path) {
                    fchownat(parent, name, entry.user, entry.group, AT_SYMLINK_NOFOLLOW)
                }
            }
        case .fifo:
            try name.withCString(for: "mkfifoat") { name throws(SystemError) in
                _ = try check("mkfifoat", path) { mkfifoat(parent, name, 0o600) }
            }
            let fifo = try Self.open(name, in: parent, O_RDONLY | O_NONBLOCK)
            try describe(fifo, entry, path)
        case .other: preconditionFailure("tests do not make devices or sockets")
        }
        var times = Self.times(entry)
        try name.withCString(for: "utimensat") { name throws(SystemError) in
            _ = try check("utimensat", path) { utimensat(parent, name, &times, AT_SYMLINK_NOFOLLOW) }
        }
    }

    private func describe(_ descriptor: borrowing OwnedDescriptor, _ entry: Entry, _ path: ByteString) throws {
        let file = descriptor.raw
        try check("fchown", path) { fchown(file, entry.user, entry.group) }
        for (name, value) in entry.attributes {
            try name.withCString(for: "fsetxattr") { name throws(SystemError) in
                _ = try check("fsetxattr", path) { fsetxattr(file, name, value.bytes, value.count, 0) }
            }
        }
        try check("fchmod", path) { fchmod(file, entry.mode) }
    }

    private static func times(_ entry: Entry) -> [timespec] {
        let time = timespec(tv_sec: Int(entry.modified), tv_nsec: 0)
        return [time, time]
    }

    /// Leaves blocks of zeros out, so that they become holes.
    private static func write(_ bytes: [UInt8], to file: CInt, _ path: ByteString) throws {
        let zeros = [UInt8](repeating: 0, count: 4096)
        try bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: zeros.count) {
                let block = bytes[start..<min(start + zeros.count, bytes.count)]
                guard let base = bytes.baseAddress, memcmp(base + start, zeros, block.count) != 0 else { continue }
                let written = try check("pwrite", path) { pwrite(file, base + start, block.count, off_t(start)) }
                precondition(written == block.count, "a regular file takes all")
            }
        }
        try check("ftruncate", path) { ftruncate(file, off_t(bytes.count)) }
    }

    private static func open(_ name: ByteString, in directory: CInt, _ flags: CInt) throws -> OwnedDescriptor {
        let raw = try name.withCString(for: "openat") { text throws(SystemError) in
            try check("openat", name) { openat(directory, text, flags | O_NOFOLLOW | O_CLOEXEC, 0o600) }
        }
        return OwnedDescriptor(adopting: raw)
    }

    private func open(_ path: ByteString, from root: borrowing OwnedDescriptor) throws -> OwnedDescriptor {
        var directory = try Self.open(".", in: root.raw, O_RDONLY | O_DIRECTORY)
        for name in path.bytes.split(separator: UInt8(ascii: "/")) {
            directory = try Self.open(ByteString(name), in: directory.raw, O_RDONLY | O_DIRECTORY)
        }
        return directory
    }
}

// MARK: - Reading

extension FileTreeModel {
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    /// What is in the directory `root`; of times whole seconds, of extended attributes those that count.
    init(reading root: FilePath, attributes: (ByteString) -> Bool = { _ in true }) throws {
        let directory = try OwnedDescriptor.open(directory: root)
        var names: [Identity: [ByteString]] = [:]
        var status = stat()
        try check("fstat") { fstat(directory.raw, &status) }
        entries[""] = try Self.entry(status, .directory, directory.raw, attributes)
        try read("", in: directory, &names, attributes)
        for linked in names.values where linked.count > 1 {
            let sorted = linked.sorted()
            for name in sorted.dropFirst() { entries[name]?.firstName = sorted[0] }
        }
    }

    private mutating func read(
        _ path: ByteString, in directory: borrowing OwnedDescriptor, _ names: inout [Identity: [ByteString]],
        _ attributes: (ByteString) -> Bool
    ) throws {
        let parent = directory.raw
        for name in try directory.names() {
            let child = path.child(name)
            var status = stat()
            try name.withCString(for: "fstatat") { name throws(SystemError) in
                _ = try check("fstatat", child) { fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) }
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                let below = try Self.open(name, in: parent, O_RDONLY | O_DIRECTORY)
                entries[child] = try Self.entry(status, .directory, below.raw, attributes)
                try read(child, in: below, &names, attributes)
                continue
            case S_IFREG:
                let file = try Self.open(name, in: parent, O_RDONLY)
                entries[child] = try Self.entry(status, .file(try Self.content(of: file)), file.raw, attributes)
            case S_IFLNK:
                entries[child] = try Self.entry(
                    status, .symbolicLink(to: try directory.linkTarget(of: name)), nil, attributes)
            case S_IFIFO: entries[child] = try Self.entry(status, .fifo, nil, attributes)
            default: entries[child] = try Self.entry(status, .other(status.st_mode), nil, attributes)
            }
            names[Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)), default: []].append(child)
        }
    }

    private static func entry(
        _ status: stat, _ kind: Kind, _ file: CInt?, _ isWanted: (ByteString) -> Bool
    ) throws -> Entry {
        var entry = Entry(
            kind: kind, mode: status.st_mode & 0o7777, user: status.st_uid, group: status.st_gid,
            modified: Int64(status.st_mtim.tv_sec))
        guard let file else { return entry }
        var list = [UInt8](repeating: 0, count: 65_536)
        let count = try check("flistxattr") {
            list.withUnsafeMutableBytes {
                flistxattr(file, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
        }
        for name in list.prefix(count).split(separator: 0).map({ ByteString($0) }) where isWanted(name) {
            var value = [UInt8](repeating: 0, count: 65_536)
            let length = try name.withCString(for: "fgetxattr") { text throws(SystemError) in
                try check("fgetxattr", name) { fgetxattr(file, text, &value, value.count) }
            }
            entry.attributes[name] = ByteString(value.prefix(length))
        }
        return entry
    }

    private static func content(of file: borrowing OwnedDescriptor) throws -> Content {
        let hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var total = 0
        let raw = file.raw
        while true {
            let count = try check("read") { Glibc.read(raw, &buffer, buffer.count) }
            if count == 0 { return Content(bytes: total, digest: hash.finish().description) }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            total += count
        }
    }
}
