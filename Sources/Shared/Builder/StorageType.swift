import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// `.stacker/storage.type`: how the roots directory keeps file-system trees.
///
/// A stacker that keeps them another way must not work on these, nor this one on its.
enum StorageType {
    static let overlay = "overlay"
    static let fileName: ByteString = "storage.type"

    /// Says that trees are kept in overlay form; refuses directories in which they are kept another way.
    ///
    /// What is there already is not written again. A file without a word was torn by a kill, and says nothing.
    static func claim(_ stacker: FilePath) throws(Failure) {
        try attempt("cannot use \(ByteString(stacker))") {
            let directory = try PrivateDirectory.open(stacker)
            switch try previous(in: directory) {
            case nil: try write(in: directory)
            case overlay: return
            case .some(let other):
                throw Failure(
                    "previous storage type \(ByteString(other)) not compatible with requested storage \(overlay)",
                    hint: "name other directories with --stacker-dir and --roots-dir, or remove those with the older"
                        + " stacker that made them",
                    class: .rejected)
            }
        }
    }

    private static func previous(in directory: borrowing OwnedDescriptor) throws(SystemError) -> String? {
        do throws(SystemError) {
            let file = try OwnedDescriptor.open(
                fileName, in: directory, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, resolving: .noSymbolicLinks)
            let text = ByteString(try file.readToEnd(limit: 64)).description
            if !text.isEmpty { return text }
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
        }
        return try directory.names().contains("btrfs.loop") ? "btrfs" : nil
    }

    private static func write(in directory: borrowing OwnedDescriptor) throws(SystemError) {
        let file = try OwnedDescriptor.open(
            fileName, in: directory, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644,
            resolving: .noSymbolicLinks)
        try file.write(Array(overlay.utf8))
        try file.close()
    }
}
