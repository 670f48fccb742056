import Diagnostics
import Testing

@Suite struct ByteStringTests {
    @Test(arguments: [
        ("plain é", "plain é"), ("a\r\nb", "a\\x0d\\x0ab"), ("\u{1b}[31m", "\\x1b[31m"),
        ("a\u{202e}b", "a\\xe2\\x80\\xaeb"),
    ])
    func controlCharactersAreShownEscaped(_ text: String, _ shown: String) {
        #expect(ByteString(text).description == shown)
    }

    @Test func bytesThatAreNotUTF8AreShownEscaped() {
        #expect(ByteString([0x61, 0xff, 0xc3, 0xa9, 0xc3]).description == "a\\xffé\\xc3")
    }

    @Test func canonicallyEquivalentNamesStayTwo() {
        #expect(ByteString("caf\u{e9}") != ByteString("cafe\u{301}"))
        #expect(ByteString([0xff]) != ByteString([0xfe]))
    }
}
