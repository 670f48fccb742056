import Digests
import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import Synchronization
import SystemPackage

/// Digests of files and directories of the host, by what is in them; times and owners do not count.
final class SourceDigests: Sendable {
    /// A file or directory as it was when it was looked at.
    struct Source: Hashable, Sendable {
        var content: Digest
        /// Of the stamps of all its files: that it is the same later says that nothing was changed and changed back.
        var fingerprint: Digest
        /// Where it is a directory.
        var listing: TreeListing?
    }

    private let index: FileIndex
    private let known = Mutex<[Place: Source]>([:])
    private let archives = Mutex<[FilePath: Source]>([:])
    /// Read in the tick in which they were changed, so not yet to be remembered.
    private let unsettled = Mutex<Set<FilePath>>([])

    /// Directories that count for nothing where they lie in another.
    private let leftOut: Set<FileStatus.Identity>

    init(index: FileIndex, leavingOut leftOut: Set<FileStatus.Identity> = []) {
        (self.index, self.leftOut) = (index, leftOut)
    }

    /// Something to be looked at.
    struct Place: Hashable, Sendable {
        var path: FilePath
        /// Whether what a symbolic link leads to is meant, and not the link itself.
        var followsLink = false
        /// What does not count in it, where it is a directory.
        var exclusions: Exclusions?
    }

    /// What is there, looked at once in a build.
    func source(_ place: Place) throws(SystemError) -> Source {
        if let source = known.withLock({ $0[place] }) { return source }
        let source = try look(at: place)
        known.withLock { $0[place] = source }
        return source
    }

    /// The file that `path` leads to, looked at once in a build; only its bytes count.
    ///
    /// - Throws: `EINVAL` where it is no regular file, which can only be read once.
    func archive(_ path: FilePath) throws(SystemError) -> Source {
        if let source = archives.withLock({ $0[path] }) { return source }
        let source = try lookAtArchive(path)
        archives.withLock { $0[path] = source }
        return source
    }

    func isUnchanged(archive path: FilePath, since source: Source) -> Bool { (try? lookAtArchive(path)) == source }

    private func lookAtArchive(_ path: FilePath) throws(SystemError) -> Source {
        let start = Self.now()
        // Who opens a pipe to read is a reader for whoever writes to it, and what is written then is lost.
        guard try OwnedDescriptor.openPlace(path).status().kind == .regular else {
            throw SystemError("open", ByteString(path), errno: .invalidArgument)
        }
        let file = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        let status = try file.status()
        guard status.kind == .regular else { throw SystemError("open", ByteString(path), errno: .invalidArgument) }
        let content = try digest(of: file, FileStamp(status), as: path, start)
        var stamps = CanonicalBytes("stamps")
        Self.add(status, "", to: &stamps)
        return Source(content: content, fingerprint: stamps.digest)
    }

    /// Whether what is there is still as it was, and was so all the time.
    func isUnchanged(_ place: Place, since source: Source) -> Bool { (try? look(at: place)) == source }

    private func look(at place: Place) throws(SystemError) -> Source {
        guard place.followsLink else { return try look(at: place.path, without: place.exclusions) }
        guard let resolved = place.path.withPlatformString({ realpath($0, nil) }) else {
            throw SystemError("realpath", ByteString(place.path), errno: Errno(rawValue: errno))
        }
        defer { free(resolved) }
        return try look(at: FilePath(platformString: resolved), without: place.exclusions)
    }

    /// Looks again at what was changed right before it was read, so that the next build need not read it.
    func settle() {
        let paths = unsettled.withLock { paths in
            defer { paths = [] }
            return paths
        }
        // Whatever cannot be read any more is not remembered.
        for path in paths.prefix(Self.settledFiles) { _ = try? look(at: path) }
    }

    private static let settledFiles = 10_000

    private func look(at path: FilePath, without exclusions: Exclusions? = nil) throws(SystemError) -> Source {
        guard let name = path.lastComponent.map({ ByteString(FilePath(root: nil, [$0])) }) else {
            throw SystemError("open", ByteString(path), errno: .isDirectory)
        }
        let parent = try OwnedDescriptor.open(directoryOf: path)
        var walk = Walk(path: path, exclusions: exclusions)
        try look(at: name, in: parent, as: "", &walk)
        let isDirectory = walk.entries.first?.kind == .directory
        let listing = TreeListing(walk.entries)
        return Source(
            content: Digest(of: listing.bytes), fingerprint: walk.stamps.digest, listing: isDirectory ? listing : nil)
    }

    private struct Walk {
        let path: FilePath
        let exclusions: Exclusions?
        var entries: [TreeListing.Entry] = []
        var stamps = CanonicalBytes("stamps")
    }

    private func look(
        at name: ByteString, in parent: borrowing OwnedDescriptor, as path: ByteString, _ walk: inout Walk
    ) throws(SystemError) {
        let status = try parent.status(of: name)
        if status.kind == .directory, !path.isEmpty, leftOut.contains(status.identity) { return }
        if !path.isEmpty, walk.exclusions?.excludes(path, isDirectory: status.kind == .directory) ?? false { return }
        Self.add(status, path, to: &walk.stamps)
        var entry = TreeListing.Entry(path: path, kind: .other, mode: status.permissions, content: "")
        switch status.kind {
        case .regular:
            entry.kind = .file
            entry.content = try fileDigest(name, in: parent, at: Self.host(walk.path, path), status).hex
        case .symbolicLink:
            (entry.kind, entry.mode) = (.link, 0)
            entry.content = Digest(of: try parent.linkTarget(of: name).bytes).hex
        case .directory:
            entry.kind = .directory
            walk.entries.append(entry)
            let directory = try parent.openDirectory(name)
            for child in try directory.names().sorted() {
                try look(at: child, in: directory, as: Self.join(path, child), &walk)
            }
            return
        default: break
        }
        walk.entries.append(entry)
    }

    private func fileDigest(
        _ name: ByteString, in parent: borrowing OwnedDescriptor, at path: FilePath, _ status: FileStatus
    ) throws(SystemError) -> Digest {
        if let digest = index.digest(of: ByteString(path), FileStamp(status)) { return digest }
        let start = Self.now()
        let file = try OwnedDescriptor.open(
            name, in: parent, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, resolving: .noSymbolicLinks)
        return try digest(of: file, FileStamp(try file.status()), as: path, start)
    }

    private func digest(
        of file: borrowing OwnedDescriptor, _ stamp: FileStamp, as path: FilePath, _ start: FileStatus.Time
    ) throws(SystemError) -> Digest {
        if let digest = index.digest(of: ByteString(path), stamp) { return digest }
        let digest = try Self.digest(of: file)
        if stamp.isOlder(than: start) {
            index.remember(ByteString(path), FileIndex.Entry(stamp: stamp, digest: digest))
        } else {
            unsettled.withLock { _ = $0.insert(path) }
        }
        return digest
    }

    private static func add(_ status: FileStatus, _ path: ByteString, to stamps: inout CanonicalBytes) {
        let text = "\(status.inode) \(status.size) \(status.changed.seconds) \(status.changed.nanoseconds)"
        stamps.add("stamp", [path.bytes, Array(text.utf8)])
    }

    static func digest(of file: borrowing OwnedDescriptor) throws(SystemError) -> Digest {
        let stream = SHA256()
        while true {
            let piece = try file.read(upTo: 1 << 20)
            if piece.isEmpty { return stream.finish() }
            stream.update(piece)
        }
    }

    /// The clock that file systems take their times from.
    private static func now() -> FileStatus.Time {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return FileStatus.Time(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    private static func join(_ path: ByteString, _ name: ByteString) -> ByteString {
        path.isEmpty ? name : ByteString(path.bytes + [UInt8(ascii: "/")] + name.bytes)
    }

    private static func host(_ root: FilePath, _ path: ByteString) -> FilePath {
        FilePath(path).map { root.pushing($0) } ?? root
    }
}
