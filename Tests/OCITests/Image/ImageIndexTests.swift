import Digests
import Diagnostics
import OCI
import Testing

@Suite struct `An image index` {
    private static let digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    private static let type = "\"mediaType\":\"application/vnd.oci.image.index.v1+json\""

    private func entry(_ tag: String, _ more: String = "") -> String {
        """
        {"annotations":{"org.opencontainers.image.ref.name":"\(tag)"}\(more),"digest":"\(Self.digest)","mediaType":"m",\
        "size":0}
        """
    }

    private func index(_ entries: [String], _ more: String = "") throws -> ImageIndex {
        let text = "{\"manifests\":[\(entries.joined(separator: ","))],\(Self.type),\"schemaVersion\":2\(more)}"
        let index = try ImageIndex(Array(text.utf8), limits: Limits())
        #expect(String(decoding: index.bytes, as: UTF8.self) == text)
        return index
    }

    private let new = Descriptor(mediaType: MediaType.manifest, digest: Digest(of: [1]), size: 1)

    @Test func `keeps the entries of others when a tag moves to its end`() throws {
        let foreign = "{\"digest\":\"sha512:Ab\",\"mediaType\":\"x\",\"size\":1}"
        var index = try index(
            [entry("a", ",\"artifactType\":\"t\""), foreign, entry("b"), entry("../x"), entry("b")],
            ",\"zzz\":{\"k\":1}")
        index.replaceTag("b", with: new)
        #expect(index.tags == ["a", "../x", "b"])
        let text = String(decoding: index.bytes, as: UTF8.self)
        #expect(text.contains(foreign))
        #expect(text.contains("\"artifactType\":\"t\""))
        #expect(text.hasSuffix(",\"zzz\":{\"k\":1}}"))
        #expect(try index.resolve("b")?.digest == new.digest)
        #expect(index.entries.count == 4)
    }

    @Test func `may be null inside, as umoci leaves an empty layout`() throws {
        let bytes = Array("{\"schemaVersion\":2,\"manifests\":null}\n".utf8)
        #expect(try ImageIndex(bytes, limits: Limits()).entries.isEmpty)
    }

    @Test func `refuses a tag that two entries have`() throws {
        let index = try index([entry("a"), entry("a")])
        let error = #expect(throws: Failure.self) { try index.resolve("a") }
        #expect(error?.summary == "bad descriptor a")
    }

    @Test func `compares tags by bytes`() throws {
        // The Kelvin sign, and the same letters composed otherwise, are other tags.
        let index = try index([entry("\u{212a}"), entry("caf\u{e9}"), entry("cafe\u{301}")])
        #expect(try index.resolve("K") == nil)
        #expect(try index.resolve("caf\u{e9}") != nil)
        #expect(index.tags.count == 3)
    }

    @Test func `names the tags that may have been meant`() throws {
        let index = try index([entry("web"), entry("database"), entry("wob")])
        #expect(index.missing("wen").description.hasSuffix("hint: name one of the tags it has: web"))
        #expect(index.missing("other").description.hasSuffix("hint: name one of the tags it has: web, database, wob"))
        #expect(index.missing("x\u{1b}[2J").summary == "bad descriptor x\\x1b[2J")
        #expect(ImageIndex().missing("x").hint == nil)
    }

    @Test(arguments: [
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"m\",\"digest\":\"sha256:x\",\"size\":1}]}",
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"m\",\"digest\":\"\(digest)\",\"size\":-1}]}",
        "{\"schemaVersion\":2,\"manifests\":[null]}", "{\"schemaVersion\":2,\"manifests\":{}}", "[]", "null", "",
        "{\"schemaVersion\":3,\"manifests\":[]}",
    ])
    func `is refused when it is none`(text: String) {
        #expect(throws: InvalidDocument.self) { try ImageIndex(Array(text.utf8), limits: Limits()) }
    }
}

@Suite struct `A tag` {
    @Test(arguments: [
        "a", "web", "v1.2.3", "a--b", "a/b", "library/x:1@y+z", "A_b-c.d", String(repeating: "a", count: 255),
    ])
    func `follows the grammar of the specification`(tag: String) throws {
        try ImageTag.check(tag)
    }

    @Test(arguments: [
        "", "/", "a/", "/a", "a//b", "-a", "a-", "a..b", "a---b", "..", "../x", "a b", "a\nb", "a\r\nb", "a\u{0}", "é",
        "a\u{301}", "\u{212a}", "a;b", String(repeating: "a", count: 256),
    ])
    func `is refused otherwise`(tag: String) {
        let error = #expect(throws: Failure.self) { try ImageTag.check(tag) }
        #expect(error?.errorClass == .rejected)
    }
}
