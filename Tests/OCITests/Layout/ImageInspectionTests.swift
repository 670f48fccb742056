import Digests
import Diagnostics
import Foundation
import OCI
import TestSupport
import Testing

@Suite struct `Inspecting an image` {
    @Test func `shows layers, annotations and configuration`() {
        let config = Descriptor(mediaType: MediaType.configuration, digest: Digest(of: []), size: 2)
        let layer = Descriptor(mediaType: MediaType.layerTarGzip, digest: Digest(of: []), size: 2_213_000)
        var configuration = ImageConfiguration(architecture: "amd64", os: "linux")
        configuration.config.labels["k"] = "v/w"
        configuration.rootfs.diffIDs = [Digest(of: [])]
        let inspection = ImageInspection(
            tag: "web", digest: Digest(of: []),
            manifest: Manifest(config: config, layers: [layer], annotations: ["b": "1\n2\u{1b}", "a": "x"]),
            configuration: configuration)
        #expect(
            inspection.text == """
                web
                \tlayer 0: e3b0c44298fc... (2.2 MB, application/vnd.oci.image.layer.v1.tar+gzip)
                Annotations:
                  a: x
                  b: 1
                2\\x1b
                Image config:
                {
                  "architecture": "amd64",
                  "config": {
                    "Labels": {
                      "k": "v/w"
                    }
                  },
                  "os": "linux",
                  "rootfs": {
                    "diff_ids": [
                      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                    ],
                    "type": "layers"
                  }
                }

                """)
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_949, "9.9 kB"), (9_950, "10 kB"), (82_854_982, "83 MB"),
        (2_200_000, "2.2 MB"), (1_000_000_000, "1.0 GB"), (Int64.max, "9.2 EB"),
    ])
    func `rounds sizes for people`(bytes: Int64, text: String) {
        let layer = Descriptor(mediaType: "m", digest: Digest(of: []), size: bytes)
        let manifest = Manifest(config: layer, layers: [layer])
        let configuration = ImageConfiguration(architecture: "amd64", os: "linux")
        let shown = ImageInspection(
            tag: "t", digest: Digest(of: []), manifest: manifest, configuration: configuration
        ).text
        #expect(shown.contains("(\(text), m)"), "\(shown)")
    }

    @Test func `goes through all tags in the order of the index, or shows one`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "1")
        try layout.addImage("db", content: "2")
        #expect(try layout.inspect().map(\.tag) == ["web", "db"])
        let shown = try layout.inspect(tag: "db")
        #expect(shown.map(\.tag) == ["db"])
        #expect(try layout.index().resolve("db")?.digest == shown[0].digest)
        #expect(shown[0].text.hasPrefix("db\n\tlayer 0: "))
        let error = #expect(throws: Failure.self) { try layout.inspect(tag: "wep") }
        #expect(error?.summary == "bad descriptor wep")
    }

    @Test func `refuses a tag that two images have`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "1")
        let text = String(decoding: try fixture.read("oci/index.json"), as: UTF8.self)
        let entry = try #require(text.firstMatch(of: /"manifests":\[(.*)\]/)?.output.1)
        try fixture.write("oci/index.json", text.replacing(entry, with: "\(entry),\(entry)"))
        let error = #expect(throws: Failure.self) { try layout.inspect(tag: "web") }
        #expect(error?.description == "bad descriptor web: 2 entries of index.json have that name")
    }

    @Test func `is one JSON document with all that the images' own documents say`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "1")
        let image = try #require(try layout.inspect().first)
        let text = ImageInspection.json([image])
        #expect(text.hasPrefix("{\n  \"images\": [\n    {\n      \"config\": {\n"))
        #expect(text.hasSuffix("\n  \"version\": 1\n}\n"))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let images = try #require(document["images"] as? [[String: Any]])
        #expect(images.count == 1)
        #expect(images[0]["tag"] as? String == "web")
        #expect(images[0]["digest"] as? String == image.digest.description)
        let manifest = images[0]["manifest"] as? [String: Any]
        #expect((manifest?["layers"] as? [[String: Any]])?.count == image.manifest.layers.count)
        #expect((images[0]["config"] as? [String: Any])?["architecture"] as? String == "amd64")
        #expect(ImageInspection.json([]) == "{\n  \"images\": [],\n  \"version\": 1\n}\n")
    }

    @Test func `refuses a configuration of another type`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let (config, configSize) = try layout.store(Array("{}".utf8))
        let manifest = Manifest(
            config: Descriptor(mediaType: "application/vnd.x.y+json", digest: config, size: configSize))
        let (digest, size) = try layout.store(manifest.bytes)
        try layout.publish([config, digest])
        try layout.replaceTags([
            (tag: "artifact", descriptor: Descriptor(mediaType: MediaType.manifest, digest: digest, size: size))
        ])
        let error = #expect(throws: Failure.self) { try layout.inspect(tag: "artifact") }
        #expect(error?.description == "bad image config type: application/vnd.x.y+json")
    }
}
