import Diagnostics
import Dockerfile
import Glibc
import LinuxSystem
import SystemPackage

/// The directory beside a stacker.yaml, as a conversion looks at it; links do not lead out of it.
final class DirectoryTree: SourceTree {
    private let directory: OwnedDescriptor

    init(_ directory: consuming OwnedDescriptor) { self.directory = directory }

    func kind(of path: ByteString) -> SourceKind? {
        guard !path.isEmpty else { return .directory }
        let parts = path.bytes.split(separator: 0x2f)
        let parent = ByteString(Array(parts.dropLast().joined(separator: [0x2f])))
        guard let last = parts.last,
            let status = try? OwnedDescriptor.open(
                parent.isEmpty ? "." : parent, in: directory, O_RDONLY | O_DIRECTORY
            ).status(of: ByteString(last))
        else { return nil }
        switch status.kind {
        case .regular: return .file
        case .directory: return .directory
        case .symbolicLink: return .link
        default: return .other
        }
    }

    func names(in path: ByteString) -> [ByteString] {
        let place = path.isEmpty ? ByteString(".") : path
        return (try? OwnedDescriptor.open(place, in: directory, O_RDONLY | O_DIRECTORY).names()) ?? []
    }

    func beginning(of file: ByteString) -> [UInt8] {
        // A pipe would keep the program waiting.
        guard kind(of: file) == .file else { return [] }
        var bytes: [UInt8] = []
        guard let file = try? OwnedDescriptor.open(file, in: directory, O_RDONLY | O_NONBLOCK | O_NOFOLLOW) else {
            return []
        }
        while bytes.count < 512, let more = try? file.read(upTo: 512 - bytes.count), !more.isEmpty { bytes += more }
        return bytes
    }
}
