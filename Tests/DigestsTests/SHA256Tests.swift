import Testing

@testable import Digests

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func agreesWithThePublishedExamples(text: String, expected: String) {
        let digest = SHA256()
        for byte in text.utf8 { digest.update([byte]) }
        #expect(digest.finish().description == expected)
    }
}
