import Diagnostics
import OCI
import Testing

@Suite struct `Strict JSON` {
    private func parse(_ bytes: [UInt8], _ limits: Limits = Limits()) throws(InvalidDocument) -> JSONValue {
        try StrictJSON.parse(bytes, limits: limits)
    }

    @Test(arguments: [
        ("{}", JSONValue.object([:])),
        (" [ ] \n", .array([])),
        ("null", .null),
        ("[true,false]", .array([.bool(true), .bool(false)])),
        ("-9223372036854775808", .integer(.min)),
        ("9223372036854775807", .integer(.max)),
        ("0", .integer(0)),
        ("\"\\u0041\\n\\/\\\"\\\\\\t\\r\\b\\f\"", .string("A\n/\"\\\t\r\u{8}\u{c}")),
        ("\"\\ud83d\\ude00\"", .string("😀")),
        ("\"é\u{7f}\"", .string("é\u{7f}")),
        ("{\"a\":{\"A\":1}}", .object(["a": .object(["A": .integer(1)])])),
        (
            "{\"Labels\":{\"Name\":\"a\",\"name\":\"b\"}}",
            .object(["Labels": .object(["Name": .string("a"), "name": .string("b")])])
        ),
    ])
    func `reads what every reader understands alike`(text: String, value: JSONValue) throws {
        #expect(try parse(Array(text.utf8)) == value)
    }

    @Test(arguments: [
        ("", "the document ends where a value should be"),
        ("   ", "the document ends where a value should be"),
        ("{\"a\":1,\"a\":2}", "the name \"a\" occurs twice"),
        ("{\"layers\":[],\"Layers\":[]}", "upper and lower case only"),
        ("{\"layers\":[],\"\\u006cayers\":[]}", "the name \"layers\" occurs twice"),
        ("{\"layers\":[],\"layer\u{17f}\":[]}", "upper and lower case only"),
        ("{\"k\":1,\"\u{212a}\":1}", "upper and lower case only"),
        ("{\"caf\u{e9}\":1,\"cafe\u{301}\":1}", "occurs twice"),
        ("{\"Labels\":{\"a\":\"1\",\"a\":\"2\"}}", "the name \"a\" occurs twice"),
        ("\u{feff}{}", "byte order mark"),
        ("[1,]", "this is no JSON value"),
        ("{\"a\":1,}", "a name in double quotes"),
        ("{a:1}", "a name in double quotes"),
        ("{'a':1}", "a name in double quotes"),
        ("{\"a\" 1}", "a colon"),
        ("[1 2]", "a comma or ]"),
        ("[1", "a comma or ]"),
        ("{\"a\":1", "a comma or }"),
        ("1.0", "fraction or an exponent"),
        ("1e3", "fraction or an exponent"),
        ("1E3", "fraction or an exponent"),
        ("01", "leading zero"),
        ("-01", "leading zero"),
        ("00", "leading zero"),
        ("-", "a digit"),
        ("+1", "this is no JSON value"),
        (".5", "this is no JSON value"),
        ("9223372036854775808", "63 bits"),
        ("-9223372036854775809", "63 bits"),
        ("99999999999999999999999", "63 bits"),
        ("NaN", "this is no JSON value"),
        ("Infinity", "this is no JSON value"),
        ("nul", "this is no JSON value"),
        ("nulll", "something follows"),
        ("{}{}", "something follows"),
        ("{} x", "something follows"),
        ("{}\u{0}", "something follows"),
        ("/* */ {}", "this is no JSON value"),
        ("\"a", "without an end"),
        ("\"a\\", "without an end"),
        ("\"a\nb\"", "control character"),
        ("\"a\u{0}b\"", "control character"),
        ("\"\\u0000\"", "a NUL"),
        ("\"\\ud800\"", "half of a surrogate pair"),
        ("\"\\ud800x\"", "half of a surrogate pair"),
        ("\"\\ud800\\u0041\"", "half of a surrogate pair"),
        ("\"\\udc00\"", "half of a surrogate pair"),
        ("\"\\u12g4\"", "four hexadecimal digits"),
        ("\"\\u12", "four hexadecimal digits"),
        ("\"\\x41\"", "an escape"),
    ])
    func `refuses what readers understand differently`(text: String, problem: String) {
        let error = #expect(throws: InvalidDocument.self) { try parse(Array(text.utf8)) }
        #expect(error?.problem.contains(problem) == true, "\(error?.description ?? "")")
        #expect(error?.errorClass == .rejected)
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
            [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xe2, 0x82, 0x22],
        ] as [[UInt8]])
    func `refuses strings that are not UTF-8`(bytes: [UInt8]) {
        let error = #expect(throws: InvalidDocument.self) { try parse(bytes) }
        #expect(error?.problem == "a string that is not UTF-8")
    }

    @Test func `refuses UTF-16`() {
        #expect(throws: InvalidDocument.self) { try parse([0xff, 0xfe, 0x7b, 0, 0x7d, 0]) }
        #expect(throws: InvalidDocument.self) { try parse([0x7b, 0, 0x7d, 0]) }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `bounds nesting`(opening: String) throws {
        var limits = Limits()
        limits.jsonDepth = 8
        let close = opening == "[" ? "]" : "}"
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: opening, count: depth - 1) + "[]" + String(repeating: close, count: depth - 1)).utf8)
        }
        _ = try parse(nested(8), limits)
        let error = #expect(throws: InvalidDocument.self) { try parse(nested(9), limits) }
        #expect(error?.errorClass == .limit)
        #expect(throws: InvalidDocument.self) { try parse(Array(String(repeating: opening, count: 1_000_000).utf8)) }
    }

    @Test func `bounds length`() throws {
        var limits = Limits()
        limits.jsonBytes = 4
        #expect(try parse(Array("\"ab\"".utf8), limits) == .string("ab"))
        let error = #expect(throws: InvalidDocument.self) { try parse(Array("\"abc\"".utf8), limits) }
        #expect(error?.errorClass == .limit)
    }

    @Test func `says where the fault is`() {
        let error = #expect(throws: InvalidDocument.self) { try parse(Array("{\n  \"a\": 1,\n  \"a\": 2\n}".utf8)) }
        #expect(error?.description == "line 3, byte 14: the name \"a\" occurs twice in one object")
    }

    @Test func `survives every prefix and every changed byte of a document`() throws {
        let document = Array("{\"a\":[1,-2,null,true],\"b\":{\"c\":\"\\u00e9\\ud83d\\ude00é\"}}".utf8)
        for length in 0..<document.count {
            #expect(throws: InvalidDocument.self) { try parse(Array(document.prefix(length))) }
        }
        for position in document.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = document
                changed[position] = byte
                // Most changes are refused, some make another document; none may stop the process.
                guard let value = try? parse(changed) else { continue }
                #expect(try parse(value.bytes) == value)
            }
        }
    }
}
