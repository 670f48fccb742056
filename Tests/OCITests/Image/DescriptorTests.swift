import Diagnostics
import OCI
import Testing

@Suite struct `A descriptor` {
    private static let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func descriptor(_ text: String) throws -> Descriptor {
        try Descriptor(try StrictJSON.parse(Array(text.utf8), limits: Limits()))
    }

    @Test func `keeps members that nobody here knows`() throws {
        let text = """
            {"annotations":{"k":"v"},"artifactType":"t","data":"bm8=","digest":"\(Self.digest)","mediaType":"m",\
            "platform":{"architecture":"arm","features":["x"],"os":"linux","os.version":"1","variant":"v7"},"size":3,\
            "urls":["file:///etc/passwd"]}
            """
        #expect(String(decoding: try descriptor(text).json.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        ("-1", "size: it is negative"), ("\"12\"", "size: this is no whole number"), ("null", "size: it is missing"),
        ("true", "size: this is no whole number"),
    ])
    func `has a size`(size: String, message: String) {
        let error = #expect(throws: InvalidDocument.self) {
            try descriptor("{\"mediaType\":\"m\",\"digest\":\"\(Self.digest)\",\"size\":\(size)}")
        }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        "{}", "[]", "null", "{\"mediaType\":\"m\",\"size\":1}",
        "{\"mediaType\":\"m\",\"digest\":\"sha256:../x\",\"size\":1}",
        "{\"mediaType\":1,\"digest\":\"\(digest)\",\"size\":1}",
        "{\"digest\":\"\(digest)\",\"size\":1}",
        "{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":1,\"annotations\":{\"a\":1}}",
        "{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":1,\"annotations\":[]}",
        "{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":1,\"annotations\":{\"a\\nb\":\"\"}}",
        "{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":1,\"platform\":{\"os\":\"linux\"}}",
        "{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":1,\"platform\":{\"os\":\"..\",\"architecture\":\"x\"}}",
        "{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":1,\"platform\":{\"os\":\"a/b\",\"architecture\":\"x\"}}",
    ])
    func `is refused when a member is missing or of the wrong kind`(text: String) {
        #expect(throws: InvalidDocument.self) { try descriptor(text) }
    }
}
