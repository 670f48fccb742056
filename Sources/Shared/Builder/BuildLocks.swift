import Diagnostics
import LinuxSystem
import SystemPackage

/// Holds stacker's own directories for one command.
final class BuildLocks: Sendable {
    private let stacker: DirectoryLock
    private let roots: DirectoryLock

    /// Takes both locks, always in this order; makes the directories if they are missing.
    init(_ directories: Directories) throws(Failure) {
        stacker = try DirectoryLock(directories.stacker)
        roots = try DirectoryLock(directories.roots)
    }
}
