import Digests
import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage

/// Copies of what an image imports, `.stacker/imports/<image>`, which its build step sees in /stacker/imports.
///
/// Made by the frontend, as the user: group membership and all that lets the user read a file ends at the namespace.
struct ImportStore: ~Copyable {
    private let directory: OwnedDescriptor
    let path: FilePath

    /// Makes the directory anew; what was there is removed.
    init(image: String, in stacker: FilePath) throws {
        let home = try PrivateDirectory.open(stacker)
        let all = try PrivateDirectory.open("imports", in: home, mode: 0o700)
        try FileTree.remove(ByteString(image), in: all)
        directory = try PrivateDirectory.open(ByteString(image), in: all, mode: 0o755)
        path = stacker.appending("imports").appending(image)
    }

    /// Copies a file, symbolic link or directory of the host, or what is in a directory.
    ///
    /// - Returns: The names that it has here.
    func add(_ item: Import, from source: FilePath, log: Log) throws -> [ByteString] {
        let names = try copy(item, from: source)
        for name in names {
            if let hash = item.hash { try verify(name, of: item, against: hash, log) }
            if let mode = item.mode { try FileTree.setMode(ofFiles: mode, name, in: directory) }
        }
        return names
    }

    private func copy(_ item: Import, from source: FilePath) throws -> [ByteString] {
        var current: ByteString = ""
        do throws(SystemError) {
            if item.takesContents {
                let folder = try OwnedDescriptor.open(directory: source)
                let names = try folder.names().sorted()
                for name in names {
                    current = name
                    try FileTree.copy(name, from: folder, into: directory)
                }
                return names
            }
            guard let last = source.lastComponent, last.kind == .regular else {
                throw SystemError("copy", ByteString(source), errno: .isDirectory)
            }
            current = ByteString(FilePath(root: nil, [last]))
            let folder = source.removingLastComponent()
            let parent = try OwnedDescriptor.open(directory: folder.isEmpty ? "." : folder)
            try FileTree.copy(current, from: parent, into: directory)
            return [current]
        } catch {
            throw Self.explain(error, current)
        }
    }

    private static func explain(_ error: SystemError, _ name: ByteString) -> Failure {
        switch (error.errno, error.call) {
        case (.noSuchFileOrDirectory, _):
            Failure(
                "no such file or directory",
                hint: "paths of imports are relative to the stacker.yaml that names them", class: .usage)
        case (.notDirectory, "open"):
            Failure("it is no directory", hint: "leave out the / at the end of the path", class: .usage)
        case (.fileExists, _):
            Failure("two imports are named \(name)", hint: "rename one of them", class: .rejected)
        case (.isDirectory, "copy"):
            Failure(
                "it has no name to import it under", hint: "end the path with / for what is in the directory",
                class: .usage)
        case (.notSupported, "copy"):
            Failure(
                "\(error.path ?? name) is a device, a pipe or a socket",
                hint: "only files, directories and symbolic links can be imported", class: .rejected)
        default: error.explanation
        }
    }

    /// Of our copy, which nobody can exchange after it was looked at.
    private func verify(_ name: ByteString, of item: Import, against hash: String, _ log: Log) throws {
        switch try directory.status(of: name).kind {
        case .regular: break
        case .directory:
            return log.warning("the hash of \(item.path) is not checked: it is a directory")
        default:
            throw Failure(
                "it has a hash, and is a symbolic link", hint: "import the file that the link leads to",
                class: .rejected)
        }
        let file = try OwnedDescriptor.open(
            name, in: directory, O_RDONLY | O_NOFOLLOW, resolving: .noSymbolicLinks)
        let sum = SHA256()
        while case let piece = try file.read(upTo: 1 << 20), !piece.isEmpty { sum.update(piece) }
        let actual = sum.finish().hex
        guard actual != hash else { return }
        try FileTree.remove(name, in: directory)
        throw Failure(
            "The requested hash of \(item.path) import is different than the actual hash: \(hash) != \(actual)",
            hint: "if the file should have changed, write its new hash into the stacker.yaml", class: .rejected)
    }

    /// Writes the script that the build step runs.
    func addScript(_ items: [String]) throws(SystemError) { try RunScript.write(items, into: directory) }
}
