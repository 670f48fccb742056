import Diagnostics
import Glibc
import HelperClient
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Trying, in the roots directory, what a build will do there.
extension OverlayStorage {
    /// The same as ``probeOverlay()``; what it made is removed at the end of the build, unless it fails.
    ///
    /// On ext4, files that were deleted a moment ago make it slow to make others.
    public func rehearseOverlay() async throws { try await rehearse(probeOverlay(in:)) }

    /// The same as ``probeStep()``, in the way of ``rehearseOverlay()``.
    public func rehearseStep() async throws { try await rehearse(probeStep(in:)) }

    private func rehearse(_ body: (ByteString) async throws -> Void) async throws {
        let name = temporaryName()
        do {
            try await body(name)
        } catch {
            try? FileTree.remove(name, in: directory)
            throw error
        }
    }

    /// Deletes, replaces and gives away files on an overlay.
    ///
    /// - Throws: ``HelperFailure`` of the first operation that fails or does something else.
    public func probeOverlay() async throws {
        try await withProbeDirectory { name in try await probeOverlay(in: name) }
    }

    private func probeOverlay(in name: ByteString) async throws {
        try directory.makeDirectory(name, mode: 0o755)
        try await helper.probe(name, in: namespace, roots: roots)
    }

    /// Goes all the way to a build step's command: its namespaces, mounts, new root, privileges and filter.
    ///
    /// The command itself is missing on purpose: there is no program that every host has and every root can run.
    public func probeStep() async throws {
        try await withProbeDirectory { name in try await probeStep(in: name) }
    }

    private func probeStep(in name: ByteString) async throws {
        try directory.makeDirectory(name, mode: 0o755)
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

    /// The name of a directory whose content belongs to this user, so that no process is needed to remove it.
    ///
    /// Where that fails all the same, the end of a build removes it.
    private func withProbeDirectory(_ body: (ByteString) async throws -> Void) async throws {
        let name = temporaryName()
        defer { try? FileTree.remove(name, in: directory) }
        try await body(name)
    }
}
