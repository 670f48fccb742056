import Digests
import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage

/// Copies of files of the host: `.stacker/imports/<image>`, which the build step sees in /stacker/imports, or a place on
/// the way into a layer.
///
/// Made by the frontend, as the user: group membership and all that lets the user read a file ends at the namespace.
/// What a hash says is looked at here, where nobody can change it any more.
final class ImportStore {
    private let directory: OwnedDescriptor
    /// Directories that builds write to, which an import of what is around them must not copy into themselves.
    private let own: Set<FileStatus.Identity>
    let path: FilePath
    /// What was put here by name, or is to stay.
    private var taken: Set<ByteString> = []

    /// Opens an empty directory of stacker's own.
    init(_ path: FilePath, in directories: Directories) throws {
        directory = try PrivateDirectory.open(path)
        own = directories.identities
        self.path = path
    }

    /// Opens the directory of an image's imports.
    ///
    /// What was there stays until it is replaced, or removed by ``removeOthers()``; with `emptied` it goes at once.
    init(image: String, in directories: Directories, emptied: Bool) throws {
        let home = try PrivateDirectory.open(directories.stacker)
        let all = try PrivateDirectory.open("imports", in: home, mode: 0o700)
        if emptied { try FileTree.remove(ByteString(image), in: all) }
        directory = try PrivateDirectory.open(ByteString(image), in: all, mode: 0o755)
        own = directories.identities
        path = Self.path(of: image, in: directories)
    }

    /// The directory of an image's imports.
    static func path(of image: String, in directories: Directories) -> FilePath {
        directories.stacker.appending("imports").appending(image)
    }

    /// Removes what was not put here since it was opened.
    func removeOthers() throws(SystemError) {
        for name in try directory.names() where !taken.contains(name) { try FileTree.remove(name, in: directory) }
    }

    /// Counts everything that is here as put here.
    func keepAll() throws(SystemError) { taken.formUnion(try directory.names()) }

    /// Copies a file, symbolic link or directory of the host, or what is in a directory.
    func add(_ item: Import, from source: FilePath, log: Log, limits: Limits) throws {
        if item.hash != nil, item.takesContents {
            log.warning("the hash of \(item.path) is not checked: it is a directory")
        }
        for name in try copy(item, from: source, limits) {
            if let hash = item.hash, !item.takesContents { try verify(name, of: item, against: hash, log) }
            if let mode = item.mode { try FileTree.setMode(ofFiles: mode, name, in: directory) }
        }
    }

    /// The names of what is here, in order.
    func names() throws(SystemError) -> [ByteString] { try directory.names().sorted() }

    /// Copies what is in an overlay_dir.
    func add(_ item: OverlayDirectory, from source: FilePath) throws {
        do throws(SystemError) {
            let folder = try OwnedDescriptor.open(directory: source)
            try copy(try folder.names().sorted(), from: folder)
        } catch {
            switch (error.errno, error.call) {
            case (.noSuchFileOrDirectory, "open"):
                throw Failure(
                    "Given overlay_dir \(item.source.path) doesn't exists",
                    hint: "paths of overlay_dirs are relative to the stacker.yaml that names them", class: .usage)
            case (.notDirectory, "open"):
                throw Failure("Given overlay_dir \(item.source.path) should be a directory", class: .usage)
            default: throw Self.explain(error, "")
            }
        }
    }

    private func copy(
        _ names: [ByteString], from source: borrowing OwnedDescriptor, named: FileStatus.Identity? = nil,
        excluding excludes: ((ByteString, Bool) -> Bool)? = nil
    ) throws(SystemError) {
        if let name = names.first(where: taken.contains) { throw SystemError("copy", name, errno: .fileExists) }
        let leftOut = named.map { own.subtracting([$0]) } ?? own
        try FileTree.copy(
            names, from: source, into: directory, leavingOut: leftOut, mirroring: true, excluding: excludes)
        taken.formUnion(names)
    }

    private func copy(_ item: Import, from source: FilePath, _ limits: Limits) throws -> [ByteString] {
        var current: ByteString = ""
        // A directory named `.` or `..` has another name where it lies.
        let source = source.lastComponent?.kind == .regular ? source : source.lexicallyNormalized()
        let exclusions: Exclusions?
        do {
            exclusions = try item.exclusions(at: source.isEmpty ? "." : source, limits: limits)
        } catch let error as SystemError {
            throw Self.explain(error, "")
        }
        do throws(SystemError) {
            guard let last = source.lastComponent, last.kind == .regular else {
                throw SystemError("copy", ByteString(source), errno: .isDirectory)
            }
            if item.takesContents {
                let folder = try OwnedDescriptor.open(directory: source)
                let names = try Self.names(in: folder, without: exclusions)
                try copy(names, from: folder, excluding: exclusions.map { $0.excludes(_:isDirectory:) })
                let made = Set(try self.names())
                return names.filter(made.contains)
            }
            current = ByteString(FilePath(root: nil, [last]))
            let parent = try OwnedDescriptor.open(directoryOf: source)
            // What is named itself is meant, whatever it is; what lies in it may not be.
            let named = try parent.status(of: current).identity
            try copy([current], from: parent, named: named, excluding: exclusions?.belowFirstName)
            return [current]
        } catch {
            throw Self.explain(error, current)
        }
    }

    private static func names(
        in folder: borrowing OwnedDescriptor, without exclusions: Exclusions?
    ) throws(SystemError) -> [ByteString] {
        var names: [ByteString] = []
        for name in try folder.names().sorted() {
            if let exclusions, exclusions.excludes(name, isDirectory: try folder.status(of: name).kind == .directory) {
                continue
            }
            names.append(name)
        }
        return names
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
            Failure("two imports are named \(error.path ?? name)", hint: "rename one of them", class: .rejected)
        case (.isDirectory, "copy"):
            Failure(
                "it has no name to import it under", hint: "name a file or a directory in it", class: .usage)
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
