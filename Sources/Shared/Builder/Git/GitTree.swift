import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// A directory that git keeps, and where it keeps its own files.
struct GitTree {
    let top: FilePath
    /// Of this tree: `HEAD` and the index.
    let folder: FilePath
    /// Of all trees of the repository: objects, references, configuration.
    let common: FilePath

    /// The tree that `folder` is in; `nil` where there is none.
    ///
    /// git itself finds it, because it alone knows whether its files may be trusted (`safe.directory`,
    /// CVE-2022-24765), for which it is given the caller's own configuration.
    static func around(_ folder: FilePath, environment: [ByteString]) throws -> GitTree? {
        guard let start = absolute(folder), let marker = marker(above: start) else { return nil }
        try checkSizes(marker)
        let passed = environment.filter { entry in
            ["HOME=", "XDG_CONFIG_HOME=", "SUDO_UID="].contains { entry.bytes.starts(with: Array($0.utf8)) }
        }
        let answer = try Git().run(
            in: start, ["rev-parse", "--show-toplevel", "--absolute-git-dir", "--git-common-dir"], environment: passed)
        guard case .output(let output) = answer else {
            throw Failure(
                "git does not work in \(ByteString(start))",
                hint: "see what `git -C \(ByteString(start)) status` says")
        }
        let lines = output.split(separator: 0x0a).compactMap { FilePath(ByteString($0)) }
        guard lines.count == 3, lines[0].isAbsolute, lines[1].isAbsolute else {
            throw Failure("git answers something else than the places it was asked for")
        }
        return GitTree(top: lines[0], folder: lines[1], common: start.pushing(lines[2]))
    }

    private static func absolute(_ path: FilePath) -> FilePath? {
        guard let resolved = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe FilePath(platformString: resolved)
    }

    /// The `.git` of the nearest directory that has one: most builds are in no tree, and need no git to know it.
    private static func marker(above start: FilePath) -> FilePath? {
        var folder = start
        while true {
            let marker = folder.appending(".git")
            if unsafe marker.withPlatformString({ unsafe access($0, F_OK) }) == 0 { return marker }
            guard folder.removeLastComponent() else { return nil }
        }
    }

    /// Refuses what git would read into memory whole, or wait for: it knows no bounds for these files.
    private static func checkSizes(_ marker: FilePath) throws {
        for name in ["", "HEAD", "config", "commondir"] {
            let path = name.isEmpty ? marker : marker.appending(name)
            do throws(SystemError) {
                let status = try OwnedDescriptor.open(path, O_NONBLOCK | O_NOCTTY).status()
                if name.isEmpty, status.kind == .directory { continue }
                guard status.kind == .regular, status.size <= 1 << 20 else {
                    throw SystemError("open", ByteString(path), errno: .fileTooLarge)
                }
            } catch {
                // A linked tree has a file as its `.git`, and below it nothing.
                guard [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) else { throw error }
            }
        }
    }
}
