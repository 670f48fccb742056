import Digests
import Diagnostics
import Foundation
import OCI
import SystemPackage
import TestSupport

/// A directory with room for layouts, and images to put into them.
struct LayoutFixture: ~Copyable {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("stacker-oci") }

    var path: FilePath { directory.path }
    var oci: FilePath { path.appending("oci") }
    var blobs: FilePath { path.appending("stacker/blobs") }

    func open(_ limits: Limits = Limits()) throws -> ImageLayout {
        try ImageLayout.openOrCreate(at: oci, blobs: blobs, limits: limits)
    }

    func run(_ program: String, _ arguments: String...) throws -> Program {
        try Program.run(FilePath("/usr/bin/\(program)"), arguments.map { ByteString($0) }, currentDirectory: path)
    }

    func exists(_ name: String) throws -> Bool {
        do {
            _ = try status(name)
            return true
        } catch Errno.noSuchFileOrDirectory {
            return false
        }
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path.appending(name).string)))
    }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path.appending(name).string))
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path.appending(name).string))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path.appending(name).string) }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: path.appending(name).string, withIntermediateDirectories: true)
    }

    func names(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path.appending(name).string).sorted()
    }

    func status(_ name: String) throws -> stat {
        var status = stat()
        guard lstat(path.appending(name).string, &status) == 0 else { throw Errno(rawValue: errno) }
        return status
    }

    /// Puts something that is no regular file where one should be; `kind` counts from 0 to 2.
    func obstruct(_ name: String, kind: Int) throws {
        let text = path.appending(name).string
        let result = [{ symlink("/etc/passwd", text) }, { mkfifo(text, 0o600) }, { mkdir(text, 0o700) }][kind]()
        guard result == 0 else { throw Errno(rawValue: errno) }
    }
}

extension ImageLayout {
    /// A tar archive with one file, as a layer blob that is committed and not published.
    func storeLayer(_ content: String) throws -> Descriptor {
        let bytes = SmallArchive.bytes(name: "file", content: Array(content.utf8))
        let blob = try temporaryBlob()
        try FileDescriptor(rawValue: blob.raw).writeAll(bytes)
        let digest = Digest(of: bytes)
        try blob.commit(digest: digest, size: Int64(bytes.count))
        return Descriptor(mediaType: MediaType.layerTar, digest: digest, size: Int64(bytes.count))
    }

    /// Makes an image of one layer, publishes it and tags it.
    @discardableResult
    func addImage(_ tag: String, content: String) throws -> Descriptor {
        let layer = try storeLayer(content)
        var configuration = ImageConfiguration(architecture: Platform.host.architecture, os: "linux")
        configuration.rootfs.diffIDs = [layer.digest]
        configuration.created = "2024-01-01T00:00:00Z"
        configuration.history = [History(created: "2024-01-01T00:00:00Z", createdBy: "test")]
        configuration.config.command = ["/bin/sh"]
        let (configDigest, configSize) = try store(configuration.bytes)
        let manifest = Manifest(
            config: Descriptor(mediaType: MediaType.configuration, digest: configDigest, size: configSize),
            layers: [layer], annotations: ["note": content])
        let (digest, size) = try store(manifest.bytes)
        try publish([layer.digest, configDigest, digest])
        let descriptor = Descriptor(mediaType: MediaType.manifest, digest: digest, size: size)
        try replaceTags([(tag: tag, descriptor: descriptor)])
        return descriptor
    }
}

/// The smallest archive that real tools unpack.
enum SmallArchive {
    /// Source: POSIX, pax, "ustar Interchange Format".
    static func bytes(name: String, content: [UInt8]) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: Int, _ width: Int) -> String {
            let digits = String(value, radix: 8)
            return String(repeating: "0", count: width - digits.utf8.count) + digits
        }
        put(name, at: 0)
        put(octal(0o644, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(content.count, 11), at: 124)
        put(octal(0, 11), at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
        let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        return header + content + padding + [UInt8](repeating: 0, count: 1024)
    }
}
