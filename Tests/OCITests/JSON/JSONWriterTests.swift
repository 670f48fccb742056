import Diagnostics
import OCI
import Testing

@Suite struct `Written JSON` {
    private let value = JSONValue.object([
        "b": .array([.integer(-1), .null, .bool(true), .bool(false), .object([:]), .array([])]),
        "a/b": .string("\"\\\n\r\t\u{1}/é😀\u{7f}"), "É": .integer(1), "C": .integer(2),
    ])

    @Test func `has one spelling`() {
        #expect(
            String(decoding: value.bytes, as: UTF8.self)
                == "{\"C\":2,\"a/b\":\"\\\"\\\\\\n\\r\\t\\u0001/é😀\u{7f}\",\"b\":[-1,null,true,false,{},[]],\"É\":1}")
    }

    @Test func `reads back as it was`() throws {
        #expect(try StrictJSON.parse(value.bytes, limits: Limits()) == value)
        #expect(try StrictJSON.parse(Array(value.indentedText.utf8), limits: Limits()) == value)
    }

    @Test func `is indented for people, and steers no terminal`() {
        let text = JSONValue.object(["a": .array([.string("\u{1b}[31m\u{9b}\u{202e}")]), "b": .object([:])])
            .indentedText
        #expect(
            text == """
                {
                  "a": [
                    "\\u001b[31m\\u009b\\u202e"
                  ],
                  "b": {}
                }
                """)
    }
}
