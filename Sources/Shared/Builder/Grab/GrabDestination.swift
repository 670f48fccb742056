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
            try copy(name, from: source)
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

    /// From another file system: under a name of its own first.
    private func copy(_ name: ByteString, from source: borrowing OwnedDescriptor) throws {
        let temporary = ByteString(".stacker-grab-\(String(UInt64.random(in: .min ... .max), radix: 36))")
        try directory.makeDirectory(temporary, mode: 0o700)
        do {
            let place = try directory.openDirectory(temporary)
            try FileTree.copy(name, from: source, into: place)
            try rename(name, from: place)
        } catch {
            try? FileTree.remove(temporary, in: directory)  // The first error tells more.
            throw error
        }
        try FileTree.remove(temporary, in: directory)
    }

    func taken(_ name: ByteString) -> Failure {
        Failure(
            "\(ByteString(path.pushing(FilePath(name) ?? ""))) is there already, and no file",
            hint: "move it away, or name another directory", class: .rejected)
    }
}
