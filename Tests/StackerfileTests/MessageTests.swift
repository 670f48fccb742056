import Diagnostics
import Testing

@testable import Stackerfile

/// Scripts and people look for these words.
@Suite struct `The message` {
    /// Line, column and message of the first error in a layer whose `from` is given.
    private func first(_ text: String) -> String {
        errors(Array(text.utf8))?.diagnostics.first.map { "\($0.mark) \($0.message)" } ?? ""
    }

    @Test(arguments: [
        ("imports: {path: x}", "3:12 'imports' expected an array"),
        ("import: {path: x}", "3:11 'import' expected an array"),
        ("imports: 3", "3:12 'imports' expected an array"),
        ("imports: [3]", "3:13 could not read imports entry: this is an int"),
        ("imports: [~]", "3:13 could not read imports entry: this is null"),
        ("imports: [[x]]", "3:13 could not read imports entry: this is a list"),
        ("imports: [{}]", "3:13 No 'path' entry found"),
        ("imports: [{path: }]", "3:13 No 'path' entry found"),
        ("imports: [{path: 3}]", "3:20 'path' is not a string: this is an int"),
        ("imports: [{path: [x]}]", "3:20 'path' is not a string: this is a list"),
        ("imports: [{1: x, path: y}]", "3:14 the key '1' is not a string"),
        ("imports: [{[a]: x, path: y}]", "3:14 the key a list is not a string"),
        ("imports: ''", "3:12 the path is empty"),
        ("imports: \"a\\nb\"", "3:12 'a\\x0ab' holds the control character \\x0a"),
        ("imports: \"a\\r\\nb\"", "3:12 'a\\x0d\\x0ab' holds the control character \\x0d"),
        ("imports: \"a\\Lb\"", "3:12 'a\\xe2\\x80\\xa8b' holds the control character \\xe2\\x80\\xa8"),
        ("imports: ftp://x/y", "3:12 unsupported url scheme ftp"),
        ("imports: file:///x", "3:12 unsupported url scheme file"),
        ("run: [3]", "3:9 unknown run array type: int"),
        ("run: [~]", "3:9 unknown run array type: null"),
        ("run: [[x]]", "3:9 unknown run array type: list"),
        ("cmd: [{a: b}]", "3:9 unknown run array type: map"),
        ("entrypoint: [yes]", "3:16 unknown run array type: bool"),
        ("full_command: [1.5]", "3:18 unknown run array type: float"),
        ("run: {a: b}", "3:8 unknown directive type: map"),
        ("cmd: 3", "3:8 unknown directive type: int"),
        ("cmd: \"a 'b\"", "3:8 a ' is not closed in this command"),
        ("entrypoint: 'a \"b'", "3:15 a \" is not closed in this command"),
        ("full_command: a\\", "3:17 this command ends in a backslash"),
        ("run: \"a\\0b\"", "3:8 the control character \\x00 is not allowed in a text"),
        ("environment: {A: \"\\e[0m\"}", "3:20 the control character \\x1b is not allowed in a text"),
        ("environment: [a]", "3:16 cannot unmarshal a list into 'environment'"),
        ("environment: {A: [b]}", "3:20 cannot unmarshal a list into 'environment'"),
        ("environment: {'': b}", "3:17 a key of 'environment' is empty"),
        ("environment: {A=B: b}", "3:17 the name of an environment variable cannot hold '='"),
        ("environment: {\"A\\nB\": b}", "3:17 'A\\x0aB' holds the control character \\x0a"),
        ("environment: {[x]: b}", "3:17 a key of 'environment' is not a string"),
        ("environment: {A: 1, A: 2}", "3:23 duplicate key 'A'"),
        ("labels: x", "3:11 cannot unmarshal a string into 'labels'"),
        ("annotations: 3", "3:16 cannot unmarshal an int into 'annotations'"),
        ("volumes: /x", "3:12 'volumes' expected an array"),
        ("volumes: [[x]]", "3:13 a volume is a list"),
        ("working_dir: [x]", "3:16 cannot unmarshal a list into 'working_dir'"),
        ("runtime_user: \"a\\nb\"", "3:17 'a\\x0ab' holds the control character \\x0a"),
        ("runn: x", "3:3 unknown directive 'runn'"),
        ("From: x", "3:3 unknown directive 'From'"),
        ("'run ': x", "3:3 unknown directive 'run '"),
        ("3: x", "3:3 unknown directive '3'"),
        ("[a]: x", "3:3 the directive is not a string"),
        ("from: x", "3:3 duplicate key 'from'"),
        ("<<: x", "3:7 '<<' cannot merge a string"),
        ("<<: [{run: x}, 3]", "3:18 '<<' cannot merge an int"),
    ])
    func `about a directive says what is wrong with it`(_ directive: String, _ message: String) {
        #expect(first("web:\n  from: {type: scratch}\n  \(directive)\n") == message)
    }

    @Test(arguments: [
        ("", "1:1 invalid layer: no base (from directive)"),
        ("from:", "2:3 invalid layer: no base (from directive)"),
        ("from: {}", "2:3 invalid layer: no base (from directive)"),
        ("from: {type: }", "2:3 invalid layer: no base (from directive)"),
        ("from: scratch", "2:9 'from' is a string"),
        ("from: [x]", "2:9 'from' is a list"),
        ("from: {type: Scratch}", "2:16 unknown layer type: Scratch"),
        ("from: {type: [x]}", "2:16 unknown layer type: list"),
        ("from: {type: 3}", "2:16 unknown layer type: 3"),
        ("from: {type: scratch, path: x}", "2:25 unknown image source directive 'path'"),
        ("from: {type: built}", "2:16 web: from tag cannot be empty for image type 'built'"),
        ("from: {type: built, tag: ''}", "2:28 web: from tag cannot be empty for image type 'built'"),
        ("from: {type: tar}", "2:16 'url' is missing for type 'tar'"),
        ("from: {type: tar, url: [x]}", "2:26 expected a string, found a list"),
        ("from: {type: tar, url: \"a\\nb\"}", "2:26 'a\\x0ab' holds the control character \\x0a"),
        ("from: {type: tar, url: ftp://x}", "2:26 unsupported url scheme ftp"),
    ])
    func `about a base says what is wrong with it`(_ from: String, _ message: String) {
        #expect(first("web:\n  \(from)\n") == message)
    }

    @Test(arguments: [
        ("os:", "3:3 \"os\" value cannot be empty"), ("arch: ~", "3:3 \"arch\" value cannot be empty"),
        ("arch: [amd64]", "3:9 cannot unmarshal a list into 'arch'"),
        ("arch: a/b", "3:9 'a/b' cannot be the \"arch\" of an image"),
        ("os: ..", "3:7 '..' cannot be the \"os\" of an image"), ("build_only: 1", "3:15 'build_only' is an int"),
        ("build_only: 'true'", "3:15 'build_only' is a string"), ("bom: [x]", "3:8 'bom' is a list"),
        ("was_bom: x", "3:12 'was_bom' is a string"),
    ])
    func `about other directives says what is wrong with them`(_ directive: String, _ message: String) {
        #expect(first("web:\n  from: {type: scratch}\n  \(directive)\n") == message)
    }

    @Test(arguments: [
        ("from: {type: docker, url: 'docker://alpine'}", "docker"),
        ("from: {type: tar, url: 'https://example.org/x'}", "https"),
        ("imports: http://example.org/x", "http"),
    ])
    func `about a source of later versions says so`(_ directive: String, _ word: String) {
        let from = directive.hasPrefix("from") ? "" : "\n  from: {type: scratch}"
        #expect(
            messages("web:\n  \(directive)\(from)\n").contains(
                "error: '\(word)' is not supported yet by this version of stacker\n"))
    }

    @Test(arguments: [
        ("", "1:1 the file has no layers"), ("# only a comment\n", "1:1 the file has no layers"),
        ("---\n...\n", "1:1 the file has no layers"),
        ("~", "1:1 the file has no layers"), ("{}", "1:1 the file has no layers"),
        ("text", "1:1 the file holds a string"),
        ("- a", "1:1 the file holds a list"),
        ("a: {from: {type: scratch}}\n---\nb:\n", "2:1 a second document starts here"),
        ("config: x", "1:9 cannot interpret 'config' value"),
        ("config: {prerequisites: x}", "1:25 cannot interpret 'config' value"),
        ("config: {prerequisites: ['https://x/y']}", "1:26 a prerequisite cannot be a URL: https://x/y"),
        ("config: {prerequisites: [[a]]}", "1:26 cannot interpret 'config' value"),
        ("config: {prerequisites: ['']}", "1:26 the path is empty"),
        ("config: {}\nconfig: {}", "2:1 duplicate key 'config'"), ("web: x", "1:6 layer 'web' is a string"),
        ("web: [x]", "1:6 layer 'web' is a list"), ("web:", "1:1 invalid layer: no base (from directive)"),
        ("a: *b", "1:4 no anchor '&b' before this alias"),
        ("config:\na: !x b", "2:4 the tag '!x' is not supported here"),
        ("a: !!binary b", "1:4 the tag '!!binary' is not supported here"),
        ("a: !!int x", "1:4 'x' is not of type !!int"),
    ])
    func `about a file says what is wrong with it`(_ text: String, _ message: String) {
        #expect(first(text) == message)
    }

    @Test func `about both spellings of imports names the layer`() {
        let from = "web:\n  from: {type: scratch}\n"
        #expect(
            first(from + "  imports: [a]\n  import: b\n") == "4:3 layer 'web' cannot have both 'import' and 'imports'")
        #expect(first(from + "  imports: [a]\n  import:\n") == "")
        #expect(first(from + "  imports: [a]\n  import: []\n") == "")
        #expect(first(from + "  imports: []\n  import: [b]\n") == "")
    }
}
