public import Diagnostics
import HelperClient
import LinuxSystem
public import SystemPackage

/// Directories that nobody wants any more when the work in them has ended.
extension OverlayStorage {
    /// Calls `body` with a root for a command whose changes are not wanted, and with the path of a directory that holds
    /// it and these others; all of it is removed afterwards.
    public func withScratchRoot<Value: Sendable>(
        directories: [ByteString], _ body: (BuildRoot, FilePath) async throws -> Value
    ) async throws -> Value {
        let name = temporaryName()
        try directory.makeDirectory(name, mode: 0o755)
        let value: Value
        do {
            let scratch = try directory.openDirectory(name)
            for part in BuildRoot.parts + directories { try scratch.makeDirectory(part, mode: 0o755) }
            let root = BuildRoot(name: name.description)
            value = try await body(root, roots.appending(root.name))
        } catch {
            try? await helper.removeTrees([name], in: namespace, roots: roots)  // The first error tells more.
            throw error
        }
        try await helper.removeTrees([name], in: namespace, roots: roots)
        return value
    }
}
