public import Diagnostics
import Glibc
import HelperClient
public import HelperProtocol
import LinuxSystem
import Synchronization
import SystemPackage

/// Layers that will not change any more, each in a directory named for its digest.
extension OverlayStorage {
    /// The directory of a layer that is there already.
    ///
    /// Nobody syncs these directories to disk, so one from before the last start of the machine does not count.
    public func finishedLayer(_ digest: String) throws -> FinishedLayer? {
        let layer = FinishedLayer(digest: digest)
        return try isComplete(layer) ? layer : nil
    }

    /// Whether the layer was sealed since the machine was started.
    public func isComplete(_ layer: FinishedLayer) throws -> Bool {
        do throws(SystemError) {
            let folder = try directory.openDirectory(layer.directory)
            let marker = try OwnedDescriptor.open(
                FinishedLayer.marker, in: folder, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, resolving: .noSymbolicLinks)
            return try marker.readToEnd(limit: 64) == Self.bootID()
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }

    /// Unpacks a layer of an image in overlay form, after checking that it is what the image says.
    ///
    /// Under a temporary name until it is complete, so a build that is killed leaves nothing that looks finished.
    /// `archive` is the raw number of a readable descriptor, open until this returns.
    public func unpackLayer(
        _ expected: UnpackJob.Expected, _ compression: UnpackJob.Compression, archive: CInt, limits: Limits
    ) async throws -> (layer: FinishedLayer, result: UnpackResult) {
        let temporary = temporaryName()
        try directory.makeDirectory(temporary, mode: 0o755)
        let folder = try directory.openDirectory(temporary)
        try folder.makeDirectory("overlay", mode: 0o755)
        let maximum = try maximumLayerBytes(limits)
        let reply = try await helper.work(
            .directory, directory: roots.appending(temporary.description).appending("overlay"), archive: archive,
            in: namespace
        ) {
            .unpack(
                UnpackJob(
                    archive: $0, compression: compression, expected: expected, form: .overlay, maximumBytes: maximum))
        }
        guard case .unpacked(let result) = reply else { throw MalformedMessage("an answer to another job") }
        try writeMarker(in: folder)
        return (try name(FinishedLayer(directory: temporary), for: expected.digest), result)
    }

    /// Ends the work on a root: what was changed in it is a layer from now on, for the time being under its own name.
    public func seal(_ root: BuildRoot) throws -> FinishedLayer {
        let parts = try directory.openDirectory(root.directory)
        try parts.rename("olwork", into: directory, as: temporaryName())
        try parts.unlink("rootfs", .directory)
        try writeMarker(in: parts)
        return FinishedLayer(directory: root.directory)
    }

    /// Gives a sealed layer the name of its digest (`sha256:…`).
    ///
    /// What has that name already has the same content, and may be in use: then that is the layer, and ours is put aside.
    public func name(_ layer: FinishedLayer, for digest: String) throws -> FinishedLayer {
        let named = FinishedLayer(digest: digest)
        return try naming.withLock { _ in
            if try finishedLayer(digest) != nil {
                try putAside(layer.directory)
            } else {
                try putAside(named.directory)
                try directory.rename(layer.directory, into: directory, as: named.directory)
            }
            return named
        }
    }

    func writeMarker(in folder: borrowing OwnedDescriptor) throws(SystemError) {
        let marker = try OwnedDescriptor.open(
            FinishedLayer.marker, in: folder, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644, resolving: .noSymbolicLinks)
        try marker.write(try Self.bootID())
        try marker.close()
    }

    /// Names this run of the machine (proc_sys_kernel(5), `random`).
    private static func bootID() throws(SystemError) -> [UInt8] {
        try OwnedDescriptor.open("/proc/sys/kernel/random/boot_id").readToEnd(limit: 64)
    }
}
