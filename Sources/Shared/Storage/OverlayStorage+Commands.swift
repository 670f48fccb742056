import Diagnostics
import HelperClient
public import HelperProtocol
import LinuxSystem
import SystemPackage

/// Commands that a person gives on images that are there.
extension OverlayStorage {
    /// An empty root for one command, which the end of a build takes away if this program cannot.
    public func makeTemporaryRoot() throws -> BuildRoot { try makeRoot(temporaryName().description) }

    /// What is left of an image in `roots/<name>`: of one that is only for building, or whose build failed.
    public func leftover(of image: String) throws -> FinishedLayer? {
        do throws(SystemError) {
            _ = try directory.openDirectory(ByteString(image)).status(of: BuildRoot.changes)
            return FinishedLayer(directory: ByteString(image))
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Runs one more command on a root, for the person who uses this program.
    public func attach(_ step: Step, on root: BuildRoot) async throws -> Reply {
        // overlayfs uses a work directory once.
        let parts = try directory.openDirectory(root.directory)
        try parts.rename("olwork", into: directory, as: temporaryName())
        try parts.makeDirectory("olwork", mode: 0o755)
        return try await helper.attach(step, in: namespace, roots: roots)
    }
}
