import Diagnostics
import HelperClient
public import HelperProtocol
import LinuxSystem
import SystemPackage

/// Commands that a person gives on images that are there.
extension OverlayStorage {
    /// An empty root for one command, which the end of a build takes away if this program cannot.
    public func makeTemporaryRoot() throws -> BuildRoot { try makeRoot(temporaryName().description) }

    /// What is left of an image in the roots directory, lowest first: of one that is only for building, or whose build
    /// failed; empty where nothing is.
    public func leftovers(of image: String) throws -> [FinishedLayer] {
        do throws(SystemError) {
            _ = try directory.openDirectory(ByteString(image)).status(of: BuildRoot.changes)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return []
        }
        let prefix = Array("\(image)+".utf8)
        let numbers = try directory.names().filter { $0.bytes.starts(with: prefix) }
            .compactMap { UInt32(String(decoding: $0.bytes.dropFirst(prefix.count), as: UTF8.self)) }
        return numbers.sorted().map { FinishedLayer(directory: ByteString("\(image)+\($0)")) }
            + [FinishedLayer(directory: ByteString(image))]
    }

    /// Runs one more command on a root, for the person who uses this program.
    public func attach(_ step: Step, on root: BuildRoot) async throws -> Reply {
        // overlayfs uses a work directory once.
        let parts = try directory.openDirectory(root.directory)
        try parts.rename("olwork", into: directory, as: temporaryName())
        try parts.makeDirectory("olwork", mode: 0o755)
        return try await helper.attach(step, in: await namespace, roots: roots)
    }
}
