import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `Shell words` {
    @Test(
        arguments: [
            ("", []), (" \t\r\n", []), ("a", ["a"]), ("  a  b ", ["a", "b"]), ("a 'b c' d", ["a", "b c", "d"]),
            ("a \"b c\" d", ["a", "b c", "d"]), ("''", [""]), ("\"\"", [""]), ("a''b", ["ab"]),
            ("a'b'\"c\"d", ["abcd"]),
            (#"a\ b"#, ["a b"]), (#"a\'b"#, ["a'b"]), (#"'a\'"#, [#"a\"#]), (#""a\"b""#, [#"a"b"#]),
            (#""a\\b""#, [#"a\b"#]), (#""a\nb""#, [#"a\nb"#]), (#""\$x \`y""#, ["$x `y"]), (#""it's""#, ["it's"]),
            ("a\\\nb", ["ab"]), ("\"a\\\nb\"", ["ab"]), ("$HOME *.c # x | y", ["$HOME", "*.c", "#", "x", "|", "y"]),
            ("é 'ü'", ["é", "ü"]),
        ] as [(String, [String])])
    func `are split as a shell splits them`(_ line: String, _ words: [String]) throws {
        #expect(try ShellWords.split(ByteString(line)) == words.map { ByteString($0) })
    }

    @Test(
        arguments: [
            ("a 'b", .singleQuote), ("'", .singleQuote), ("a \"b", .doubleQuote), (#""a\""#, .doubleQuote),
            (#""a\"#, .doubleQuote),
            (#"a\"#, .backslash), (#"\"#, .backslash),
        ] as [(String, ShellWords.Unfinished)])
    func `that a shell would wait for are an error`(_ line: String, _ unfinished: ShellWords.Unfinished) {
        #expect(throws: unfinished) { try ShellWords.split(ByteString(line)) }
    }
}
