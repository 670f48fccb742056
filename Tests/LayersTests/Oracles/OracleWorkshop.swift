import Digests
import Diagnostics
import Foundation
import HelperProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Layers

/// A fresh directory in which our programs and those of others work on the same trees.
struct OracleWorkshop: ~Copyable {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("stacker-oracle") }

    var path: FilePath { directory.path }

    func path(_ name: String) -> FilePath { directory.path.appending(name) }

    @discardableResult
    func makeDirectory(_ name: String) throws -> FilePath {
        let path = path(name)
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        return path
    }

    @discardableResult
    func shell(_ script: String) throws -> String { try UnpackDestination.shell(script, in: directory.path) }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name).string))
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name).string)))
    }

    /// Packs the directory `upper` in `root` into the file `archive`, as a worker would.
    @discardableResult
    func pack(
        in root: String = "", into archive: String, _ compression: PackJob.Compression = .none, hasLower: Bool = false,
        threads: UInt8 = 2
    ) throws -> PackResult {
        let file = try OwnedDescriptor.open(path(archive), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        let job = PackJob(archive: file.raw, compression: compression, hasLower: hasLower, threads: threads)
        return try LayerPacker().pack(
            job, archive: file, from: try OwnedDescriptor.open(directory: root.isEmpty ? path : path(root)),
            team: try ThreadTeam(threads: LayerPacker.threads(for: job)))
    }

    /// Unpacks the file `archive` into the directory `root`, which is made where it is missing.
    @discardableResult
    func unpack(_ archive: String, into root: String, _ form: UnpackJob.Form) throws -> UnpackResult {
        let destination = try OwnedDescriptor.open(directory: try makeDirectory(root))
        let file = try OwnedDescriptor.open(path(archive))
        let job = UnpackJob(archive: file.raw, form: form, maximumBytes: 1 << 30)
        return try LayerUnpacker().unpack(
            job, archive: file, into: destination, team: try ThreadTeam(threads: LayerUnpacker.threads))
    }

    /// What is in `root`, security labels of this machine left aside.
    func tree(_ root: String) throws -> FileTreeModel {
        try FileTreeModel(reading: path(root)) {
            $0.bytes.starts(with: "user.".utf8) || $0 == "security.capability"
        }
    }

    /// What find, sha256sum, getfattr and getcap say of `root`.
    func report(of root: String) throws -> String {
        try UnpackDestination.shell(
            """
            find . -printf '%P|%y|%m|%U|%G|%n|%T@|%l\\0' | LC_ALL=C sort -z | tr '\\0' '\\n' | sed 's/|d|\\([0-7]*|[0-9]*|[0-9]*\\)|[0-9]*|/|d|\\1||/'
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
            find . '!' -type l -print0 | LC_ALL=C sort -z | xargs -0r getfattr -h -d -m '^user|^security.capability' -e hex
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0r getcap
            """, in: path(root))
    }

    /// Writes an OCI layout `name` with one image, tagged `it`, of these archives, lowest first.
    func makeLayout(_ name: String, of archives: [(file: String, result: PackResult)]) throws {
        try shell("mkdir -p \(name)/blobs/sha256; printf '{\"imageLayoutVersion\":\"1.0.0\"}' >\(name)/oci-layout")
        for archive in archives {
            try shell("ln -f \(archive.file) \(name)/blobs/sha256/\(archive.result.digest.dropFirst(7))")
        }
        let configuration = try writeBlob(
            """
            {"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[\
            \(archives.map { "\"\($0.result.diffID)\"" }.joined(separator: ","))]}}
            """, in: name)
        let layers = archives.map { archive in
            let isPlain = archive.result.digest == archive.result.diffID
            return """
                {"mediaType":"application/vnd.oci.image.layer.v1.tar\(isPlain ? "" : "+gzip")",\
                "digest":"\(archive.result.digest)","size":\(archive.result.size)}
                """
        }
        let manifest = try writeBlob(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json",\(configuration)},\
            "layers":[\(layers.joined(separator: ","))]}
            """, in: name)
        try Data(
            """
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\(manifest),\
            "annotations":{"org.opencontainers.image.ref.name":"it"}}]}
            """.utf8
        ).write(to: URL(fileURLWithPath: path("\(name)/index.json").string))
    }

    /// - Returns: The `digest` and `size` members of its descriptor.
    private func writeBlob(_ text: String, in layout: String) throws -> String {
        let hash = SHA256()
        hash.update(Array(text.utf8))
        let digest = hash.finish().description
        let file = path("\(layout)/blobs/sha256/\(digest.dropFirst(7))")
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.string))
        return "\"digest\":\"\(digest)\",\"size\":\(text.utf8.count)"
    }
}
