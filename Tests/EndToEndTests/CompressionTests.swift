import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct CompressionTests {
    struct Compression: CustomTestStringConvertible, Sendable {
        let flag: String
        let mediaType: String
        /// Reads the layer's bytes, writes the tar.
        let reader: String
        let encoder: String

        var testDescription: String { flag }
    }

    private static let layer = "application/vnd.oci.image.layer.v1.tar"
    static let compressions = [
        Compression(flag: "gzip", mediaType: "\(layer)+gzip", reader: "gzip -dc", encoder: "isal-1/"),
        Compression(flag: "gzip-small", mediaType: "\(layer)+gzip", reader: "gzip -dc", encoder: "zlib-6/"),
        Compression(flag: "zstd", mediaType: "\(layer)+zstd", reader: "zstd -dcq", encoder: "zstd-3/"),
        Compression(flag: "zstd:19", mediaType: "\(layer)+zstd", reader: "zstd -dcq", encoder: "zstd-19/"),
        Compression(flag: "none", mediaType: layer, reader: "cat", encoder: "none"),
    ]

    private func build(_ compression: Compression) throws -> Project {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run: echo hello > /greeting\n")
        try project.makeBase()
        let build = try project.stacker("build", "--debug", "--compression", ByteString(compression.flag))
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(
            build.stderrText.contains(/\npacked [0-9.]+ MB into [0-9.]+ [kM]B \((.*)\)\n/)
                && build.stderrText.contains(" (\(compression.encoder)"), "\(build.stderrText)")
        return project
    }

    private func digest(_ command: String, in project: Project) throws -> String {
        let sum = try project.run("/bin/sh", "-ec", ByteString("\(command) | sha256sum"))
        try #require(sum.exitCode == 0, "\(sum.stderrText)")
        return "sha256:" + sum.stdoutText.prefix(64)
    }

    @Test(.requiresTool("zstd"), arguments: compressions)
    func theManifestSaysHowALayerIsStored(_ compression: Compression) throws {
        let project = try build(compression)
        let layer = try #require((try project.manifest("app")["layers"] as? [[String: Any]])?.first)
        let blob = project.blob(layer["digest"] as? String ?? "")
        #expect(layer["mediaType"] as? String == compression.mediaType)
        #expect(try digest("cat \(blob)", in: project) == layer["digest"] as? String)
        let rootfs = try project.configuration("app")["rootfs"] as? [String: Any]
        let diffID = try digest("\(compression.reader) <\(blob)", in: project)
        #expect(rootfs?["diff_ids"] as? [String] == [diffID])
        let plain = try project.run("/bin/sh", "-ec", ByteString("\(compression.reader) <\(blob) | wc -c"))
        let annotations = layer["annotations"] as? [String: String]
        #expect(annotations?["ci.umo.uncompressed_blob_size"] == plain.stdoutText.trimmingCharacters(in: .newlines))
    }

    /// The copy is checked by skopeo: it computes both digests itself.
    @Test(.requiresTool("skopeo"), arguments: compressions)
    func skopeoReadsTheImage(_ compression: Compression) throws {
        let project = try build(compression)
        let copy = try project.run(
            "/usr/bin/skopeo", "--insecure-policy", "copy", "--dest-decompress", "oci:oci:app", "dir:copy")
        #expect(copy.exitCode == 0, "\(copy.stderrText)")
        let rootfs = try project.configuration("app")["rootfs"] as? [String: Any]
        let diffID = (rootfs?["diff_ids"] as? [String])?.first?.split(separator: ":").last ?? "none"
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/copy")
        #expect(names.contains(String(diffID)), "\(names)")
    }

    @Test(.requiresTool("umoci"), arguments: compressions)
    func umociReadsTheImage(_ compression: Compression) throws {
        let project = try build(compression)
        let rootless: [ByteString] = Host.isRoot ? [] : ["--rootless"]
        let unpack = try Program.run(
            "/usr/bin/umoci", ["unpack"] + rootless + ["--image", "oci:app", "bundle"], currentDirectory: project.path)
        if compression.mediaType.hasSuffix("zstd"), unpack.stderrText.contains("zstd") { return }
        #expect(unpack.exitCode == 0, "\(unpack.stderrText)")
        #expect(try String(contentsOfFile: "\(project.path)/bundle/rootfs/greeting", encoding: .utf8) == "hello\n")
    }

    @Test func anImageOnTopKeepsTheLayersOfItsBase() throws {
        let project = try Project(
            """
            base:
              from: {type: tar, url: base.tar}
            app:
              from: {type: built, tag: base}
              run: echo hello > /greeting
            """)
        try project.makeBase()
        let build = try project.stacker("build", "--compression=zstd")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let layers = try project.manifest("app")["layers"] as? [[String: Any]] ?? []
        #expect(layers.map { $0["mediaType"] as? String } == Array(repeating: "\(Self.layer)+zstd", count: 2))
        #expect(try project.layers("base") == Array(project.layers("app").prefix(1)))
    }
}
