public import Diagnostics
import Glibc
public import SystemPackage

/// Keeps two stackers from working in one directory; gone with the value, and with the process.
public struct DirectoryLock: ~Copyable, Sendable {
    /// The file that is locked; it stays when the lock is gone.
    public static let name: ByteString = ".lock"

    private let file: OwnedDescriptor

    /// Takes the lock, or says at once that somebody else has it.
    ///
    /// The file is opened without following a link and never truncated: a project that was downloaded may ship
    /// anything under its name.
    public init(_ path: FilePath) throws(Failure) {
        file = try Self.openLocked(path)
    }

    private static func openLocked(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        let directory = try PrivateDirectory.open(path)
        let shown = "\(ByteString(path))/\(name)"
        do throws(SystemError) {
            let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK
            let file = try OwnedDescriptor.open(name, in: directory, flags, mode: 0o600, resolving: .noSymbolicLinks)
            let raw = file.raw
            try check("flock") { flock(raw, LOCK_EX | LOCK_NB) }
            return file
        } catch {
            guard error.errno == .resourceTemporarilyUnavailable else {
                throw Failure(
                    "couldn't acquire lock on \(shown)", causes: [error.errno.description],
                    hint: "move that entry away", class: .rejected)
            }
            throw Failure(
                "couldn't acquire lock on \(shown)", causes: ["another stacker works there"],
                hint: "wait for it to end, or name other directories with --stacker-dir and --roots-dir", class: .busy)
        }
    }
}
