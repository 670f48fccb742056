import Diagnostics
import LinuxSystem
import SystemPackage

/// Files that were copied out of images, on their way to where they are wanted: `.stacker/imports-copy/<name>`.
struct TakenOut: ~Copyable {
    static let folder = "imports-copy"

    private let home: OwnedDescriptor
    private let name: ByteString
    let directory: OwnedDescriptor
    let path: FilePath

    /// Makes the directory anew; what was there is removed.
    init(_ name: String, in directories: Directories) throws {
        let all = try PrivateDirectory.open(
            ByteString(Self.folder), in: try PrivateDirectory.open(directories.stacker), mode: 0o700)
        try FileTree.remove(ByteString(name), in: all)
        let made = try PrivateDirectory.open(ByteString(name), in: all, mode: 0o700)
        self.name = ByteString(name)
        directory = made
        home = all
        path = directories.stacker.appending(Self.folder).appending(name)
    }

    func isFile(_ name: ByteString) throws(SystemError) -> Bool { try directory.status(of: name).kind == .regular }

    /// Moves an entry to where the user wants it.
    func move(_ name: ByteString, to place: borrowing GrabDestination) throws {
        do {
            try place.move(name, from: directory)
        } catch let error as SystemError where error.errno == .fileExists {
            throw place.taken(name)
        }
    }

    /// Removes the directory.
    func remove() throws(SystemError) { try FileTree.remove(name, in: home) }
}
