public import Diagnostics
import Glibc
public import SystemPackage

/// Keeps two stackers from working in one directory; gone with the value, and with the process.
///
/// The lock belongs to the inode of a file in the directory, so it holds by whatever path the directory is named.
public struct DirectoryLock: ~Copyable, Sendable {
    /// The file that is locked; it stays when the lock is gone.
    public static let name: ByteString = ".lock"

    private let file: OwnedDescriptor

    /// Takes the lock, or says at once who has it.
    ///
    /// The file is opened without following a link, never truncated, and refused where it is none of ours: a project
    /// that was downloaded may ship anything under its name.
    public init(_ path: FilePath) throws(Failure) {
        file = try Self.openLocked(path)
    }

    private static func openLocked(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        let shown = "\(ByteString(path))/\(name)"
        for _ in 0..<16 {
            let directory = try PrivateDirectory.open(path)
            guard let file = try openFile(in: directory, shown) else { continue }
            try lock(file, shown)
            if try isCurrent(file, in: try PrivateDirectory.open(path), shown) { return file }
        }
        throw Failure("couldn't acquire lock on \(shown)", causes: ["it keeps being replaced"], class: .busy)
    }

    /// Opens or makes the file; `nil` where the directory was removed meanwhile.
    private static func openFile(
        in directory: borrowing OwnedDescriptor, _ shown: String
    ) throws(Failure) -> OwnedDescriptor? {
        do throws(SystemError) {
            let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
            let file = try OwnedDescriptor.open(name, in: directory, flags, mode: 0o600, resolving: .noSymbolicLinks)
            let status = try file.status()
            if status.kind == .regular, status.user == geteuid(), status.links <= 1 { return file }
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            if [.noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .permissionDenied].contains(error.errno) {
                throw error.explanation.wrapped("couldn't acquire lock on \(shown)")
            }
            throw Failure(
                "couldn't acquire lock on \(shown)", causes: [error.errno.description], hint: moveAway, class: .rejected
            )
        }
        throw Failure(
            "couldn't acquire lock on \(shown)", causes: ["it is no file of yours with one name"], hint: moveAway,
            class: .rejected)
    }

    private static let moveAway = "move that entry away: stacker makes its own"

    private static func lock(_ file: borrowing OwnedDescriptor, _ shown: String) throws(Failure) {
        do throws(SystemError) {
            try file.lockExclusively()
        } catch {
            guard error.errno == .resourceTemporarilyUnavailable else {
                throw error.explanation.wrapped("couldn't acquire lock on \(shown)")
            }
            throw Failure(
                "couldn't acquire lock on \(shown)", causes: [LockOwner.explain(file), error.errno.description],
                hint: "wait for it to end, or name other directories with --stacker-dir and --roots-dir", class: .busy)
        }
    }

    /// Whether the name still leads to the locked file.
    ///
    /// Whoever cleans the directory removes the file at the end, with its lock held: what was opened before that is
    /// not what the next one finds under the name.
    private static func isCurrent(
        _ file: borrowing OwnedDescriptor, in directory: borrowing OwnedDescriptor, _ shown: String
    ) throws(Failure) -> Bool {
        do throws(SystemError) {
            return try directory.status(of: name).identity == file.status().identity
        } catch {
            guard error.errno == .noSuchFileOrDirectory else {
                throw error.explanation.wrapped("couldn't acquire lock on \(shown)")
            }
            return false
        }
    }
}
