import Diagnostics
import LinuxSystem
import SystemPackage

/// A directory of the user's that files are put into, each whole or not at all.
///
/// A file takes the place of a file; anything else that has the name already is left, and an error.
struct GrabDestination: ~Copyable {
    let path: FilePath
    let directory: OwnedDescriptor

    init(_ path: FilePath) throws(Failure) {
        self.path = path
        do {
            directory = try OwnedDescriptor.open(directory: path)
        } catch {
            var failure = error.explanation
            if error.errno == .noSuchFileOrDirectory { failure.hint = "make the directory first" }
            throw failure
        }
    }

    /// Refuses a name that cannot be given, before anything is copied.
    func check(_ name: ByteString) throws(Failure) {
        do throws(SystemError) {
            guard try directory.status(of: name).kind != .regular else { return }
        } catch {
            guard error.errno != .noSuchFileOrDirectory else { return }
            throw error.explanation
        }
        throw taken(name)
    }

    /// Moves an entry of `source` here; both names are directory entries, and no link is followed.
    func move(_ name: ByteString, from source: borrowing OwnedDescriptor) throws {
        do throws(SystemError) {
            try rename(name, from: source)
        } catch {
            guard error.errno == .improperLink else { throw error }
            // From another file system.
            try FileTree.copy(name, from: source, stagedIn: directory, ".stacker-grab-") { stage throws(SystemError) in
                try rename(name, from: stage)
            }
        }
    }

    private func rename(_ name: ByteString, from source: borrowing OwnedDescriptor) throws(SystemError) {
        do throws(SystemError) {
            try source.rename(name, into: directory, as: name)
        } catch {
            guard error.errno == .fileExists, try source.status(of: name).kind == .regular,
                try directory.status(of: name).kind == .regular
            else { throw error }
            try source.rename(name, into: directory, as: name, replacing: .existing)
        }
    }

    func taken(_ name: ByteString) -> Failure {
        Failure(
            "\(ByteString(path.pushing(FilePath(name) ?? ""))) is there already, and no file",
            hint: "move it away, or name another directory", class: .rejected)
    }
}
