import Diagnostics
import Glibc
import HelperClient
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Trying, in the roots directory, what a build will do there.
extension OverlayStorage {
    /// Deletes, replaces and gives away files on an overlay.
    ///
    /// - Throws: ``HelperFailure`` of the first operation that fails or does something else.
    public func probeOverlay() async throws {
        try await withScratch { name in try await helper.probe(name, in: namespace, roots: roots) }
    }

    /// Goes all the way to a build step's command: its namespaces, mounts, new root, privileges and filter.
    ///
    /// The command itself is missing on purpose: there is no program that every host has and every root can run.
    public func probeStep() async throws {
        try await withScratch { name in
            let scratch = try directory.openDirectory(name)
            for part in ["upper", "work", "root"] as [ByteString] { try scratch.makeDirectory(part, mode: 0o755) }
            let step = Step(
                layers: [], upper: ByteString("\(name)/upper"), work: ByteString("\(name)/work"),
                root: ByteString("\(name)/root"), arguments: ["/missing"], environment: [])
            do {
                _ = try await run(step, output: .descriptor(FileDescriptor.standardError.rawValue))
            } catch let failure as HelperFailure where failure.stage == .command && failure.errno == ENOENT {
                return
            }
        }
    }
}
