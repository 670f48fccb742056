import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Images that start from an image of an OCI layout, whoever made it.
@Suite(
    .requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("umoci"),
    .requiresTool("skopeo"))
struct LayoutBaseTests {
    /// A layout `base` with the image `it` of two layers: busybox, then changes with a whiteout and an opaque directory.
    static func projectWithBase(_ stackerfile: String) throws -> Project {
        let project = try Project(stackerfile)
        try project.makeBase()
        let script = """
            set -e
            umoci init --layout base
            umoci new --image base:it
            umoci raw add-layer --image base:it base.tar
            mkdir -p second/var/lib/things second/etc second/tmp
            touch second/var/lib/things/.wh.two second/tmp/.wh..wh..opq
            echo web:x:33:33::/:/bin/sh > second/etc/passwd
            tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf second.tar -C second .
            umoci raw add-layer --image base:it second.tar
            umoci config --image base:it --config.env KEPT=yes --config.cmd old --config.entrypoint /old
            """
        let made = try project.run("/bin/sh", "-c", ByteString(script))
        try #require(made.exitCode == 0, "\(made.stderrText)")
        return project
    }

    static let child = """
        app:
          from: {type: oci, url: "base:it"}
          run:
            - "[ ! -e /var/lib/things/two ]"
            - "[ -e /var/lib/things/one ]"
            - grep web /etc/passwd
            - rm /var/lib/things/one
            - mkdir /var/lib/things/new
        """

    @Test func layersOfTheBaseAreKeptAndChangesComeOnTop() throws {
        let project = try Self.projectWithBase(Self.child)
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let layers = try project.layers("app")
        try #require(layers.count == 3)
        let top = try project.members(layers[2])
        #expect(
            top.keys.sorted() == [
                "./", "var/", "var/lib/", "var/lib/things/", "var/lib/things/.wh.one", "var/lib/things/new/",
            ])
        let config = try project.configuration("app")["config"] as? [String: Any]
        #expect((config?["Env"] as? [String])?.contains("KEPT=yes") == true)
        #expect(config?["Cmd"] == nil && config?["Entrypoint"] == nil)
        let copy = try project.run("/usr/bin/skopeo", "copy", "oci:oci:app", "dir:copy")
        #expect(copy.exitCode == 0, "\(copy.stderrText)")
    }

    @Test func aBaseIsUnpackedOnce() throws {
        let project = try Self.projectWithBase(Self.child)
        try #require(try project.stacker("build").exitCode == 0)
        let layer = try project.layers("app")[0].replacingOccurrences(of: ":", with: "_")
        let path = "\(project.path)/roots/\(layer)"
        let before = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        try #require(try project.stacker("build", "--no-cache").exitCode == 0)
        let after = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        #expect(before != nil && before == after)
    }

    /// The directory of a layer is trusted only with the mark that it was completed since the machine was started.
    @Test func aLayerWithoutItsMarkIsUnpackedAgain() throws {
        let project = try Self.projectWithBase(Self.child)
        try #require(try project.stacker("build").exitCode == 0)
        let layer = try project.layers("app")[0].replacingOccurrences(of: ":", with: "_")
        try project.write("roots/\(layer)/boot-id", "another start\n")
        try FileManager.default.removeItem(atPath: "\(project.path)/roots/\(layer)/overlay/var/lib/things/one")
        let build = try project.stacker("build", "--no-cache")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
    }

    /// Nobody unpacks it, so nobody else would read it before it is given away.
    @Test func aDamagedLayerOfWhichTheDirectoryIsThereIsNotGivenAway() throws {
        let project = try Self.projectWithBase(Self.child)
        try #require(try project.stacker("build").exitCode == 0)
        let name = try project.layers("app")[0].dropFirst("sha256:".count)
        for place in [".stacker/blobs/sha256", "oci/blobs/sha256", "base/blobs/sha256"] {
            let file = URL(fileURLWithPath: "\(project.path)/\(place)/\(name)")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 2] ^= 0x10
            try FileManager.default.removeItem(at: file)
            if place != "oci/blobs/sha256" { try bytes.write(to: file) }
        }
        try project.write("stacker.yaml", Self.child + "\n  labels: {another: one}\n")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("the bytes of layer sha256:\(name)"), "\(build.stderrText)")
        // With a good one of the base the damaged one of our own is replaced.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(project.path)/base/blobs/sha256/\(name)"))
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: URL(fileURLWithPath: "\(project.path)/base/blobs/sha256/\(name)"))
        let again = try project.stacker("build")
        #expect(again.exitCode == 0, "\(again.stderrText)")
        let sum = try project.run("/usr/bin/sha256sum", ByteString("oci/blobs/sha256/\(name)")).stdoutText
        #expect(sum.hasPrefix(name))
    }

    @Test func compressionsOfOtherToolsAreRead() throws {
        let project = try Self.projectWithBase(Self.child.replacingOccurrences(of: "base:it", with: "other:it"))
        for format in ["zstd", "gzip"] {
            let copy = try project.run(
                "/usr/bin/skopeo", "copy", "--dest-compress-format", ByteString(format), "--dest-compress",
                "oci:base:it", "dir:flat")
            try #require(copy.exitCode == 0, "\(copy.stderrText)")
            let back = try project.run("/usr/bin/skopeo", "copy", "dir:flat", "oci:other:it")
            try #require(back.exitCode == 0, "\(back.stderrText)")
            let build = try project.stacker("build")
            #expect(build.exitCode == 0, "\(format): \(build.stderrText)\(build.stdoutText)")
        }
    }

    @Test func aLayerWithOtherBytesThanItsDigestIsRefused() throws {
        let project = try Self.projectWithBase(Self.child)
        let blobs = "\(project.path)/base/blobs/sha256"
        let index = try project.json("base/index.json")["manifests"] as? [[String: Any]]
        let digest = try #require(index?.first?["digest"] as? String)
        let manifest = try project.json("base/blobs/" + digest.replacingOccurrences(of: ":", with: "/"))
        let layers = try #require(manifest["layers"] as? [[String: Any]])
        let name = try #require((layers[0]["digest"] as? String)?.dropFirst("sha256:".count))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(blobs)/\(name)"))
        bytes[bytes.count / 2] ^= 0x10
        try FileManager.default.removeItem(atPath: "\(blobs)/\(name)")
        try bytes.write(to: URL(fileURLWithPath: "\(blobs)/\(name)"))
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("unpack layer sha256:\(name)"), "\(build.stderrText)")
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots")
        #expect(!left.contains("sha256_\(name)"), "\(left)")
    }

    @Test func ofAnIndexTheImageForThisPlatformIsTaken() throws {
        let project = try Self.projectWithBase(Self.child.replacingOccurrences(of: "base:it", with: "base:many"))
        var index = try project.json("base/index.json")
        let entries = try #require(index["manifests"] as? [[String: Any]])
        var ours = entries[0]
        ours["annotations"] = nil
        ours["platform"] = ["os": "linux", "architecture": Self.architecture]
        var foreign = ours
        foreign["digest"] = "sha256:" + String(repeating: "0", count: 64)
        foreign["platform"] = ["os": "linux", "architecture": "mips64le"]
        let inner: [String: Any] = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [foreign, ours],
        ]
        let bytes = try JSONSerialization.data(withJSONObject: inner, options: [.sortedKeys])
        try project.write("inner.json", String(decoding: bytes, as: UTF8.self))
        let sum = try project.run("/usr/bin/sha256sum", "inner.json").stdoutText.prefix(64)
        try bytes.write(to: URL(fileURLWithPath: "\(project.path)/base/blobs/sha256/\(sum)"))
        index["manifests"] =
            entries + [
                [
                    "mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:\(sum)",
                    "size": bytes.count, "annotations": ["org.opencontainers.image.ref.name": "many"],
                ]
            ]
        let outer = try JSONSerialization.data(withJSONObject: index)
        try outer.write(to: URL(fileURLWithPath: "\(project.path)/base/index.json"))
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try project.layers("app").count == 3)
    }

    @Test(arguments: [
        ("base:nothing", "bad descriptor nothing"), ("nowhere:it", "nowhere"), ("base", "write it as PATH:TAG"),
    ])
    func aMissingBaseIsNamed(_ reference: String, _ message: String) throws {
        let project = try Self.projectWithBase(Self.child.replacingOccurrences(of: "base:it", with: reference))
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains(message), "\(build.stderrText)")
    }

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}
