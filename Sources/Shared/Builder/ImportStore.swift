import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Copies of what an image imports, `.stacker/imports/<image>`, which its build step sees in /stacker/imports.
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

    /// Copies a file, symbolic link or directory of the host, and returns the name it has here: its last component.
    func add(_ source: FilePath) throws -> ByteString {
        guard let name = source.lastComponent.map({ ByteString(FilePath(root: nil, [$0])) }) else {
            throw Failure("\(ByteString(source)) has no name to import it under", class: .rejected)
        }
        do throws(SystemError) {
            let folder = source.removingLastComponent()
            let parent = try OwnedDescriptor.open(directory: folder.isEmpty ? "." : folder)
            try FileTree.copy(name, from: parent, into: directory)
            return name
        } catch {
            if error.errno == .noSuchFileOrDirectory {
                throw Failure(
                    "cannot import \(ByteString(source))", causes: ["no such file or directory"],
                    hint: "paths of imports are relative to the stacker.yaml that names them", class: .usage)
            }
            if error.errno == .fileExists {
                throw Failure(
                    "two imports are named \(name)", hint: "rename one of them", class: .rejected)
            }
            throw error
        }
    }

    /// Writes the script that the build step runs.
    func addScript(_ text: String) throws(SystemError) {
        let file = try OwnedDescriptor.open(
            ByteString(RunScript.name), in: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o700)
        try file.write(Array(text.utf8))
        try file.setMode(0o755)
        try file.close()
    }
}
