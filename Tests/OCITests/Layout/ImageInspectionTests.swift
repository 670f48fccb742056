import Digests
import Diagnostics
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
            tag: "web",
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
        let shown = ImageInspection(tag: "t", manifest: manifest, configuration: configuration).text
        #expect(shown.contains("(\(text), m)"), "\(shown)")
    }

    @Test func `goes through all tags in the order of the index, or shows one`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "1")
        try layout.addImage("db", content: "2")
        let lines = try layout.inspect().split(separator: "\n").filter { $0 == "web" || $0 == "db" }
        #expect(lines == ["web", "db"])
        #expect(try layout.inspect(tag: "db").hasPrefix("db\n\tlayer 0: "))
        let error = #expect(throws: Failure.self) { try layout.inspect(tag: "wep") }
        #expect(error?.summary == "bad descriptor wep")
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
