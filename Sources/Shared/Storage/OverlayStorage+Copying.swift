public import Diagnostics
import HelperClient
public import HelperProtocol
import LinuxSystem
public import SystemPackage

/// Layers that are made of files from elsewhere, and files that are taken out of layers.
///
/// Such a layer is `roots/<image>+<number>`, beside that of the image's own changes: no image has a `+` in its name. It
/// has a temporary name until it is complete, so a build that is killed leaves nothing that looks finished.
extension OverlayStorage {
    /// Where files come from that are put into a layer or a directory.
    public enum CopySource {
        /// The root file system that these layers make, lowest first.
        case layers([FinishedLayer], CopyJob)
        /// What the closure puts into an empty directory; it is moved from there.
        case staged((_ place: FilePath) throws -> CopyJob)
    }

    /// Makes a layer of what copying changes in the root file system that `below` makes, lowest first.
    public func makeLayer(
        of image: String, number: Int, above below: [FinishedLayer], from source: CopySource
    ) async throws -> (layer: FinishedLayer, result: CopyResult) {
        try await makeLayer(of: image, number: number) { temporary in
            let parts = try directory.openDirectory(temporary)
            try parts.makeDirectory("olwork", mode: 0o755)
            let upper = Self.part("overlay", of: temporary)
            let target = JailedProgram.Target.layer(
                upper: upper, work: Self.part("olwork", of: temporary), below: FinishedLayer.stack(below))
            let result = try await copy(from: source, to: target, at: roots.appending(upper.description))
            try parts.rename("olwork", into: directory, as: temporaryName())
            return result
        }
    }

    /// Makes a layer of an archive that is a root file system.
    ///
    /// `archive` is the raw number of a readable descriptor, open until this returns.
    public func makeLayer(
        of image: String, number: Int, unpacking archive: CInt, limits: Limits
    ) async throws -> (layer: FinishedLayer, result: UnpackResult) {
        try await makeLayer(of: image, number: number) { temporary in
            try await unpack(archive: archive, into: Self.part("overlay", of: temporary), limits: limits)
        }
    }

    /// Puts files into a directory of stacker's own, with the ids of the build's namespace.
    public func copy(from source: CopySource, into path: FilePath) async throws -> CopyResult {
        try await copy(from: source, to: .directory(ByteString(path)), at: path)
    }

    /// Puts aside what an earlier build of an image made beside its own changes.
    public func putAsideLayers(of image: String) throws {
        let prefix = Array("\(image)+".utf8)
        for name in try directory.names() where name.bytes.starts(with: prefix) {
            let number = name.bytes.dropFirst(prefix.count)
            guard !number.isEmpty, number.allSatisfy({ (0x30...0x39).contains($0) }) else { continue }
            try putAside(name)
        }
    }

    private func makeLayer<Result>(
        of image: String, number: Int, _ fill: (_ temporary: ByteString) async throws -> Result
    ) async throws -> (layer: FinishedLayer, result: Result) {
        let temporary = temporaryName()
        try directory.makeDirectory(temporary, mode: 0o755)
        let folder = try directory.openDirectory(temporary)
        try folder.makeDirectory("overlay", mode: 0o755)
        let result = try await fill(temporary)
        try writeMarker(in: folder)
        let layer = FinishedLayer(directory: ByteString("\(image)+\(number)"))
        try putAside(layer.directory)
        try directory.rename(temporary, into: directory, as: layer.directory)
        return (layer, result)
    }

    /// `place` is where the target is, or the directory that its changes go to.
    private func copy(
        from source: CopySource, to target: JailedProgram.Target, at place: FilePath
    ) async throws -> CopyResult {
        var job: CopyJob
        var layers: [ByteString] = []
        switch source {
        case .layers(let stack, let given): (layers, job) = (FinishedLayer.stack(stack), given)
        case .staged(let stage):
            // Nobody else has this name, so nothing of an image is moved by mistake.
            let name = temporaryName()
            try OwnedDescriptor.open(directory: place).makeDirectory(name, mode: 0o700)
            job = try stage(place.appending(name.description))
            job.staged = name
        }
        let reply = try await helper.work(
            .copy(source: layers, target: target), directory: roots, in: await namespace
        ) { [job] _ in .copy(job) }
        guard case .copied(let result) = reply else { throw MalformedMessage("an answer to another job") }
        return result
    }

    private static func part(_ part: String, of layer: ByteString) -> ByteString {
        ByteString(layer.bytes + Array("/\(part)".utf8))
    }
}
