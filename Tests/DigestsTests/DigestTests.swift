import Digests
import Testing

@Suite struct `A digest` {
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Source: FIPS 180-4, example values.
    @Test(arguments: [
        ("", empty),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func `is the SHA-256 of the bytes`(text: String, hex: String) {
        #expect(Digest(of: Array(text.utf8)).hex == hex)
        #expect(Digest(of: Array(text.utf8)).description == "sha256:\(hex)")
        #expect(Digest("sha256:\(hex)") == Digest(of: Array(text.utf8)))
    }

    @Test(arguments: [
        "", ":", "sha256", "sha256:", empty, "sha256:\(empty.dropLast())", "sha256:\(empty)0",
        "sha256:\(empty.uppercased())", "SHA256:\(empty)", " sha256:\(empty)", "sha256:\(empty) ", "sha256:\(empty)\n",
        "sha256:../../../../../../../../../../../../../../../../../../../etc/passwd", "md5:\(empty)",
        "sha512:\(empty)\(empty)", "sha256:\(empty.dropLast())\u{0}", "sha256:\(empty.dropLast())０",
        "sha256:\(empty.dropLast(1))g", "sha256:\(empty.dropLast())\u{301}",
    ])
    func `has one spelling only`(text: String) {
        #expect(Digest(text) == nil)
    }
}
