public import Diagnostics
import Glibc
import HelperClient
public import HelperProtocol
import LinuxSystem
import SystemPackage

/// Layers that will not change any more, each in a directory named for its digest.
extension OverlayStorage {
    /// The directory of a layer that is there already.
    ///
    /// Nobody syncs these directories to disk, so one from before the last start of the machine does not count.
    public func finishedLayer(_ digest: String) throws -> FinishedLayer? {
        let layer = FinishedLayer(digest: digest)
        do throws(SystemError) {
            let folder = try directory.openDirectory(layer.directory)
            let marker = try OwnedDescriptor.open(
                FinishedLayer.marker, in: folder, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, resolving: .noSymbolicLinks)
            return try marker.readToEnd(limit: 64) == Self.bootID() ? layer : nil
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Unpacks a layer of an image in overlay form, after checking that it is what the image says.
    ///
    /// Under a temporary name until it is complete, so a build that is killed leaves nothing that looks finished.
    /// `archive` is the raw number of a readable descriptor, open until this returns.
    public func unpackLayer(
        _ expected: UnpackJob.Expected, _ compression: UnpackJob.Compression, archive: CInt, limits: Limits
    ) async throws -> (layer: FinishedLayer, result: UnpackResult) {
        let layer = FinishedLayer(digest: expected.digest)
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
        try putAside(layer.directory)
        try directory.rename(temporary, into: directory, as: layer.directory)
        return (layer, result)
    }

    /// Makes the root's content the layer with this digest (`sha256:…`), and leaves an empty root in its place.
    public func finish(_ root: BuildRoot, digest: String) throws -> FinishedLayer {
        let layer = FinishedLayer(digest: digest)
        let parts = try directory.openDirectory(root.directory)
        try parts.rename("olwork", into: directory, as: temporaryName())
        try parts.unlink("rootfs", .directory)
        // What is there already has the same content, and may be in use; ours is put aside with the next makeRoot.
        if try finishedLayer(digest) == nil {
            try writeMarker(in: parts)
            try putAside(layer.directory)
            try directory.rename(root.directory, into: directory, as: layer.directory)
        }
        _ = try makeRoot(root.name)
        return layer
    }

    private func writeMarker(in folder: borrowing OwnedDescriptor) throws(SystemError) {
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
