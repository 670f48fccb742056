import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// A repository that shares objects, references and index with another one, and not its configuration.
///
/// Attributes of the tree may still name filters and drivers; without a configuration that says what these are, git
/// executes nothing for them.
struct GitSnapshot {
    private let tree: GitTree
    private let git: Git
    private let scratch: FilePath

    private static let name: ByteString = "git"

    private var place: FilePath { scratch.appending("git") }

    /// Makes it, as the directory `git` of a directory of stacker's own.
    init(of tree: GitTree, in scratch: FilePath) throws {
        self.tree = tree
        self.scratch = scratch
        git = try Git()
        let home = try PrivateDirectory.open(scratch)
        try FileTree.remove(Self.name, in: home)
        let folder = try PrivateDirectory.open(Self.name, in: home, mode: 0o700)
        let head = try OwnedDescriptor.open(tree.folder.appending("HEAD"), O_NONBLOCK)
        try Self.write(try head.readToEnd(limit: 4_096), as: "HEAD", in: folder)
        try Self.write(try configuration(), as: "config", in: folder)
        for shared in ["refs", "packed-refs", "shallow"] {
            try folder.makeSymbolicLink(ByteString(shared), to: ByteString(tree.common.appending(shared)))
        }
    }

    func remove() throws {
        try FileTree.remove(Self.name, in: try PrivateDirectory.open(scratch))
    }

    private static func write(
        _ bytes: [UInt8], as name: ByteString, in folder: borrowing OwnedDescriptor
    ) throws(SystemError) {
        let file = try OwnedDescriptor.open(name, in: folder, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try file.write(bytes)
        try file.close()
    }

    /// Settings that decide how objects are named, and whether a file counts as changed.
    private static let kept: Set<String> = [
        "core.repositoryformatversion", "extensions.objectformat", "core.filemode", "core.symlinks", "core.ignorecase",
        "core.checkstat", "core.trustctime", "core.autocrlf", "core.eol", "core.abbrev",
    ]

    /// A configuration of those settings of the repository that name no program and no file.
    private func configuration() throws -> [UInt8] {
        let answer = try git.run(
            in: "/",
            ["config", "--no-includes", "--file", ByteString(tree.common.appending("config")), "-z", "--list"],
            environment: ["GIT_CONFIG_NOSYSTEM=1"], outputLimit: 2 << 20)
        guard case .output(let bytes) = answer else {
            throw Failure("git cannot read the configuration of \(ByteString(tree.top))", class: .rejected)
        }
        var text = "[core]\n\tbare = false\n"
        for entry in bytes.split(separator: 0) {
            let parts = entry.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: parts[0], as: UTF8.self)
            // Without a value, a setting is true.
            let value = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "true"
            let isWord = !value.isEmpty && value.utf8.count < 32 && value.utf8.allSatisfy(Self.isLetterOrDigit)
            guard Self.kept.contains(name), isWord, let dot = name.firstIndex(of: ".") else { continue }
            text += "[\(name[..<dot])]\n\t\(name[name.index(after: dot)...]) = \(value)\n"
        }
        return Array(text.utf8)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    private var environment: [ByteString] {
        [
            "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "HOME=/nonexistent",
            Self.variable("GIT_DIR", place), Self.variable("GIT_WORK_TREE", tree.top),
            Self.variable("GIT_INDEX_FILE", tree.folder.appending("index")),
            Self.variable("GIT_OBJECT_DIRECTORY", tree.common.appending("objects")),
        ]
    }

    private static func variable(_ name: String, _ path: FilePath) -> ByteString {
        ByteString(Array("\(name)=".utf8) + ByteString(path).bytes)
    }

    /// The version, or `nil` where nothing was committed yet.
    func version() throws -> String? {
        guard
            let name = try line(["describe", "--tags"]) ?? line(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
        else { return nil }
        // One byte says that something was changed. Submodules have configurations of their own: nothing looks into them.
        let changes = try git.run(
            in: tree.top, ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty"],
            environment: environment, outputLimit: 0)
        switch changes {
        case .output: return name
        case .tooLong: return "\(name)-dirty"
        case .refused: throw Failure("git cannot compare \(ByteString(tree.top)) with what was committed")
        }
    }

    private func line(_ arguments: [ByteString]) throws -> String? {
        guard
            case .output(let output) = try git.run(
                in: tree.top, arguments, environment: environment, outputLimit: 1_024)
        else { return nil }
        let bytes = ByteString(output.prefix { $0 != 0x0a })
        return bytes.bytes.isEmpty ? nil : bytes.utf8Text
    }
}
