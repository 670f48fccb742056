import Digests
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// The directory `.stacker/cache/v1`: a file for each result, and `names` with what each image was last made from.
///
/// Every file begins with the digest of its name and the rest. So nothing has to be synced: a file that a power cut or a
/// full disk left half-written is no entry, and neither is one under the name of another, nor one that is somebody else's,
/// a link, a directory or too long. Such entries are passed over and replaced, and never an error: all a build loses is
/// time.
final class CacheDirectory: Sendable {
    private let directory: OwnedDescriptor
    private let names: OwnedDescriptor
    private let user = geteuid()

    /// Bytes of one entry; many times what the largest image needs.
    static let limit = 64 << 20

    enum Place: Sendable {
        case results, names
    }

    /// Opens `cache/v1` below `stacker`, and makes it, for nobody else to look into.
    init(in stacker: FilePath) throws {
        let home = try PrivateDirectory.open(stacker)
        let cache = try PrivateDirectory.open("cache", in: home, mode: 0o700)
        directory = try PrivateDirectory.open("v1", in: cache, mode: 0o700)
        names = try PrivateDirectory.open("names", in: directory, mode: 0o700)
        for descriptor in [try cache.status(), try directory.status(), try names.status()] {
            guard descriptor.user == user else {
                throw Failure("it belongs to uid \(descriptor.user), and this is uid \(user)", class: .permission)
            }
        }
    }

    /// What is kept under this name; `nil` where nothing is that can be trusted.
    ///
    /// `isUse` says whether it is of use to somebody, which decides how long it stays.
    func read(_ name: ByteString, in place: Place = .results, isUse: Bool = true) -> [UInt8]? {
        do throws(SystemError) {
            switch place {
            case .results: return try read(name, in: directory, isUse: isUse)
            case .names: return try read(name, in: names, isUse: isUse)
            }
        } catch {
            return nil
        }
    }

    private func read(
        _ name: ByteString, in directory: borrowing OwnedDescriptor, isUse: Bool
    ) throws(SystemError) -> [UInt8]? {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let file = try OwnedDescriptor.open(
            name, in: directory, isUse ? flags : flags | Self.withoutTime, resolving: .noSymbolicLinks)
        let status = try file.status()
        guard status.kind == .regular, status.user == user, status.size <= Int64(Self.limit) else { return nil }
        // Once a day is enough, and so a build that finds everything writes nothing.
        if isUse, status.lastUse.seconds < Int64(time(nil)) - 86_400 { try? file.noteUse() }
        return Self.content(of: try file.readToEnd(limit: Self.limit), under: name)
    }

    /// The bytes after the digest and its line break, when they have that digest under this name.
    static func content(of bytes: [UInt8], under name: ByteString) -> [UInt8]? {
        guard bytes.count > headerBytes else { return nil }
        let content = Array(bytes[headerBytes...])
        guard bytes.starts(with: header(of: content, under: name)) else { return nil }
        return content
    }

    /// No name holds a line break, so what is hashed has one meaning.
    private static func header(of content: [UInt8], under name: ByteString) -> [UInt8] {
        Array(Digest(of: name.bytes + [0x0a] + content).hex.utf8) + [0x0a]
    }

    private static let headerBytes = 65

    /// `O_NOATIME`, which Glibc keeps from Swift.
    private static let withoutTime: CInt = 0o1000000

    /// Keeps `content`, which takes the place of whatever has the name.
    ///
    /// The file is complete before it has its name.
    func write(_ name: ByteString, _ content: [UInt8], in place: Place = .results) throws(SystemError) {
        let bytes = Self.header(of: content, under: name) + content
        guard bytes.count <= Self.limit else { return }
        switch place {
        case .results: try Self.replace(name, with: bytes, in: directory)
        case .names: try Self.replace(name, with: bytes, in: names)
        }
    }

    private static func replace(
        _ name: ByteString, with bytes: [UInt8], in directory: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let temporary = ByteString(
            temporaryPrefix.bytes + Array(String(UInt64.random(in: .min ... .max), radix: 36).utf8))
        do throws(SystemError) {
            let file = try OwnedDescriptor.open(
                temporary, in: directory, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600,
                resolving: .noSymbolicLinks)
            try file.write(bytes)
            try file.close()
            do throws(SystemError) {
                try directory.rename(temporary, into: directory, as: name, replacing: .existing)
            } catch {
                guard [.isDirectory, .directoryNotEmpty, .fileExists].contains(error.errno) else { throw error }
                try FileTree.remove(name, in: directory)
                try directory.rename(temporary, into: directory, as: name)
            }
        } catch {
            // The first failure is the one to report; what is left is removed by the next build that writes.
            try? directory.unlink(temporary)
            throw error
        }
    }

    private static let temporaryPrefix: ByteString = ".tmp."

    /// Everything that is kept, with the time of its last use, which is known to a day.
    func entries(in place: Place) throws(SystemError) -> [(name: ByteString, lastUse: FileStatus.Time)] {
        switch place {
        case .results: try Self.entries(in: directory).filter { $0.name != "names" }
        case .names: try Self.entries(in: names)
        }
    }

    private static func entries(
        in directory: borrowing OwnedDescriptor
    ) throws(SystemError) -> [(name: ByteString, lastUse: FileStatus.Time)] {
        var entries: [(name: ByteString, lastUse: FileStatus.Time)] = []
        for name in try directory.names().sorted() where !name.bytes.starts(with: temporaryPrefix.bytes) {
            entries.append((name, try directory.status(of: name).lastUse))
        }
        return entries
    }

    /// Removes entries, and what killed builds left; nothing is written for it.
    func remove(_ entries: [ByteString], in place: Place) throws(SystemError) {
        try removeAbandonedFiles()
        for name in entries {
            switch place {
            case .results: try FileTree.remove(name, in: directory)
            case .names: try FileTree.remove(name, in: names)
            }
        }
    }

    /// Removes what a killed build left; nobody else writes while this build holds its lock.
    func removeAbandonedFiles() throws(SystemError) {
        try Self.removeAbandonedFiles(in: directory)
        try Self.removeAbandonedFiles(in: names)
    }

    private static func removeAbandonedFiles(in directory: borrowing OwnedDescriptor) throws(SystemError) {
        for name in try directory.names() where name.bytes.starts(with: temporaryPrefix.bytes) {
            try FileTree.remove(name, in: directory)
        }
    }
}

extension FileStatus {
    /// When it was last read or written; where file systems keep no times of reading, builds set that one.
    fileprivate var lastUse: Time {
        (accessed.seconds, accessed.nanoseconds) < (modified.seconds, modified.nanoseconds) ? modified : accessed
    }
}

extension OwnedDescriptor {
    /// Sets the time of the last reading to now.
    fileprivate borrowing func noteUse() throws(SystemError) {
        var status = try self.status()
        status.accessed = FileStatus.Time(seconds: Int64(time(nil)), nanoseconds: 0)
        try setTimes(status)
    }
}
