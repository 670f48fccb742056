import Diagnostics
import HelperProtocol
import LinuxSystem
import Storage
import SystemPackage

/// An archive that an image starts from; its files become part of the image's own layer.
enum ArchiveBase {
    /// Unpacks the archive; a relative path is relative to the working directory.
    static func unpack(_ url: ByteString, into root: BuildRoot, in context: BuildContext) async throws {
        guard let path = FilePath(url) else {
            throw Failure("\(url) is no path: it holds a NUL", class: .rejected)
        }
        let archive = try open(path)
        let result = try await attempt("unpack \(url)") {
            let bytes = try UInt64(exactly: archive.status().size).flatMap { $0 == 0 ? nil : $0 }
            return try await context.during(.unpacking, "\(url)", total: bytes, archive: archive.raw) {
                try await context.storage.unpack(archive: archive.raw, into: root, limits: context.request.limits)
            }
        }
        for warning in result.warnings { context.request.log.warning("\(url): \(warning)") }
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
