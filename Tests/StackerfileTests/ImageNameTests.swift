import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `A layer name` {
    @Test(arguments: ["a", "A", "1", "a.b_c-d", "web", "0.1", String(repeating: "x", count: 128), "sha256", "temp"])
    func `may be`(_ name: String) {
        #expect(ImageName.complaint(about: ByteString(name)) == nil)
    }

    @Test(arguments: [
        "", ".", "..", "a/b", "../../x", "a:b", "-a", ".a", "_a", "a b", "a\nb", "a\r\nb", "a\0", "é", "a\u{301}",
        String(repeating: "x", count: 129), "sha256_00", "temp-snapshot-1", "a ", "a\u{2028}",
    ])
    func `cannot be`(_ name: String) {
        #expect(ImageName.complaint(about: ByteString(name)) != nil)
    }

    @Test func `with a colon is called forbidden`() {
        #expect(messages("a:b:\n  from: {type: scratch}\n").contains("forbidden"))
    }

    @Test(arguments: ["1", "1.5", "yes", "~", "[a]", "? {a: b}\n", "0x1f"])
    func `is a string`(_ key: String) {
        #expect(messages("\(key): {from: {type: scratch}}\n").contains("is not a string"))
    }

    @Test func `tells upper from lower case`() throws {
        let recipe = try parse("a: {from: {type: scratch}}\nA: {from: {type: scratch}}\n")
        #expect(recipe.images.map(\.name) == ["a", "A"])
    }
}
