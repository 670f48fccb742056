import Diagnostics
import HelperProtocol
import LinuxSystem
import Stackerfile
import Storage
import SystemPackage

/// An archive that an image starts from.
///
/// Its files become part of the image's own layer, unless files are added above it: then they are a layer below these.
struct ArchiveBase: Sendable {
    /// A path, where a relative one is relative to the working directory, or `stacker://IMAGE/PATH`.
    let url: ByteString
    let image: String
    let context: BuildContext
    /// The root file system of another image, lowest layer first.
    let stack: @Sendable (_ image: String) async throws -> [FinishedLayer]

    func unpack(into root: BuildRoot) async throws {
        try await unpack { archive in
            try await context.storage.unpack(archive: archive, into: root, limits: context.request.limits)
        }
    }

    /// Unpacks the archive as a layer of its own.
    func makeLayer() async throws -> UnpackedLayer? {
        var layer: FinishedLayer?
        try await unpack { archive in
            let made = try await context.storage.makeLayer(
                of: image, number: 0, unpacking: archive, limits: context.request.limits)
            layer = made.layer
            return made.result
        }
        return layer.map { UnpackedLayer(directory: $0, createdBy: "stacker base of \(image)") }
    }

    private func unpack(_ body: (_ archive: CInt) async throws -> UnpackResult) async throws {
        let archive = try await open()
        let result = try await attempt("unpack \(url)") {
            let bytes = try UInt64(exactly: archive.status().size).flatMap { $0 == 0 ? nil : $0 }
            return try await context.during(.unpacking, "\(url)", total: bytes, archive: archive.raw) {
                try await body(archive.raw)
            }
        }
        for warning in result.warnings { context.request.log.warning("\(url): \(warning)") }
    }

    private func open() async throws -> OwnedDescriptor {
        if let source = ImagePath(url) {
            do {
                return try await open(source)
            } catch {
                throw Failure(explaining: error).wrapped("cannot read \(url)")
            }
        }
        guard let path = FilePath(url) else {
            throw Failure("\(url) is no path: it holds a NUL", class: .rejected)
        }
        return try Self.open(path)
    }

    /// Copies the archive out of the image, where it may belong to anybody.
    private func open(_ source: ImagePath) async throws -> OwnedDescriptor {
        let staging = try TakenOut(image, in: context.request.directories)
        let job = CopyJob(
            path: source.path, takesContents: false, followsLink: true, destination: "/archive", manner: .strict,
            user: 0, group: 0, mode: 0o600, keepsAttributes: false)
        _ = try await context.storage.copy(from: .layers(try await stack(source.image), job), into: staging.path)
        guard try staging.isFile("archive") else {
            throw Failure("it is a directory", hint: "name a file in the image", class: .usage)
        }
        let archive = try Self.open(staging.path.appending("archive"))
        // It stays as long as it is open.
        try staging.remove()
        return archive
    }

    private static func open(_ path: FilePath) throws -> OwnedDescriptor {
        do throws(SystemError) {
            let archive = try OwnedDescriptor.open(path)
            guard try archive.status().kind != .directory else {
                throw SystemError("open", ByteString(path), errno: .isDirectory)
            }
            return archive
        } catch {
            var failure = error.explanation
            if error.errno == .noSuchFileOrDirectory {
                failure.hint = "the url of an archive is relative to the working directory"
            }
            throw failure
        }
    }
}
