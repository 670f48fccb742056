import Digests
import Diagnostics
import OCI
import Testing

@Suite struct `A manifest` {
    private static let blob = """
        {"digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","mediaType":"m","size":0}
        """
    private static let type = "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\""

    private func manifest(_ text: String, _ limits: Limits = Limits()) throws(InvalidDocument) -> Manifest {
        try Manifest(Array(text.utf8), limits: limits)
    }

    @Test func `keeps members that nobody here knows`() throws {
        let text = """
            {"annotations":{"a":"b"},"artifactType":"x","config":\(Self.blob),"layers":[\(Self.blob),\(Self.blob)],\
            \(Self.type),"schemaVersion":2,"subject":\(Self.blob)}
            """
        var manifest = try manifest(text)
        #expect(String(decoding: manifest.bytes, as: UTF8.self) == text)
        manifest.annotations["a"] = "c"
        #expect(String(decoding: manifest.bytes, as: UTF8.self) == text.replacing("\"a\":\"b\"", with: "\"a\":\"c\""))
    }

    @Test(arguments: [
        ("{\"schemaVersion\":1,\"config\":\(blob),\"layers\":[]}", "schemaVersion: it is not 2"),
        ("{\"schemaVersion\":\"2\",\"config\":\(blob),\"layers\":[]}", "schemaVersion: this is no whole number"),
        ("{\"config\":\(blob),\"layers\":[]}", "schemaVersion: it is not 2"),
        ("{\"schemaVersion\":2,\"config\":\(blob),\"layers\":null}", "layers: it is missing"),
        ("{\"schemaVersion\":2,\"config\":\(blob)}", "layers: it is missing"),
        ("{\"schemaVersion\":2,\"layers\":[]}", "config: it is missing"),
        ("{\"schemaVersion\":2,\"config\":\(blob),\"layers\":{}}", "layers: this is no array"),
        ("{\"schemaVersion\":2,\"config\":\(blob),\"layers\":[1]}", "layers[0]: this is no object"),
        ("[]", "this is no object"),
        ("null", "this is no object"),
        (
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"config\":\(blob),\"layers\":[]}",
            "mediaType: it says"
        ),
    ])
    func `is refused when it is none`(text: String, message: String) {
        let error = #expect(throws: InvalidDocument.self) { try manifest(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test func `is refused when it could pass for an index too (CVE-2021-41190)`() {
        #expect(throws: InvalidDocument.self) {
            try manifest("{\"schemaVersion\":2,\"config\":\(Self.blob),\"layers\":[],\"manifests\":[]}")
        }
        for name in ["layers", "config"] {
            #expect(throws: InvalidDocument.self) {
                try ImageIndex(Array("{\"schemaVersion\":2,\"manifests\":[],\"\(name)\":[]}".utf8), limits: Limits())
            }
        }
    }

    @Test func `has no more layers than the kernel stacks`() throws {
        var limits = Limits()
        limits.overlayLayers = 2
        func text(_ count: Int) -> String {
            let layers = [String](repeating: Self.blob, count: count).joined(separator: ",")
            return "{\"schemaVersion\":2,\"config\":\(Self.blob),\"layers\":[\(layers)]}"
        }
        #expect(try manifest(text(2), limits).layers.count == 2)
        let error = #expect(throws: InvalidDocument.self) { try manifest(text(3), limits) }
        #expect(error?.errorClass == .limit)
    }

    @Test(arguments: [0, 2])
    func `is refused when the configuration names another number of layers`(count: Int) throws {
        let manifest = try manifest("{\"schemaVersion\":2,\"config\":\(Self.blob),\"layers\":[\(Self.blob)]}")
        var configuration = ImageConfiguration(architecture: "amd64", os: "linux")
        configuration.rootfs.diffIDs = [Digest](repeating: Digest(of: []), count: count)
        #expect(throws: InvalidDocument.self) { try manifest.checkLayers(against: configuration) }
        configuration.rootfs.diffIDs = [Digest(of: [])]
        try manifest.checkLayers(against: configuration)
    }
}
