import Diagnostics
import Testing

@testable import Stackerfile

/// Files that mean harm, or make no sense, and the class of what comes of them; `nil` where they are good.
@Suite struct `A hostile stacker.yaml` {
    private func outcome(_ bytes: [UInt8], _ pairs: [String] = [], lines: Bool = false) throws -> ErrorClass? {
        var substitutions = Substitutions(allowsLineBreaks: lines)
        for pair in pairs { try substitutions.add(ByteString(pair), from: "--substitute") }
        do throws(StackerfileErrors) {
            let recipe = try StackerfileParser.parse(bytes, file: "stacker.yaml", substitutions: substitutions)
            _ = try recipe.buildOrder()
            return nil
        } catch {
            return error.explanation.errorClass
        }
    }

    private func outcome(of directive: String) throws -> ErrorClass? {
        try outcome(Array("web:\n  from: {type: scratch}\n  \(directive)\n".utf8))
    }

    @Test func `of megabytes is refused before it is read`() throws {
        #expect(try outcome([UInt8](repeating: 0x23, count: 5 << 20)) == .limit)
        #expect(try outcome(of: "run: \(String(repeating: "x", count: 10 << 20))") == .limit)
        #expect(try outcome(of: "run: \(String(repeating: "x", count: 1 << 20))") == nil)
        #expect(try outcome(of: "run: \"#!\(String(repeating: "x", count: 10 << 10))\"") == nil)
    }

    @Test func `may begin with a byte order mark and end its lines in any way`() throws {
        #expect(try outcome([0xef, 0xbb, 0xbf] + Array("a: {from: {type: scratch}}".utf8)) == nil)
        #expect(try outcome(Array("a:\r\n  from: {type: scratch}\r\n  run: |\r\n    x\r\n    y\r\n".utf8)) == nil)
        #expect(try outcome(Array("a:\r  from: {type: scratch}\r".utf8)) == nil)
    }

    @Test func `may have thousands of anchors, layers and words`() throws {
        let anchors = (0..<10_000).map { "&a\($0) x" }.joined(separator: ", ")
        #expect(try outcome(of: "cmd: [\(anchors)]") == nil)
        #expect(try outcome(of: "cmd: \(String(repeating: "x ", count: 100_000))y") == nil)
        let layers = (0..<10_000).map { "a\($0): {from: {type: scratch}}\n" }.joined()
        #expect(try outcome(Array(layers.utf8)) == nil)
    }

    @Test func `may have a chain of a thousand layers, but no cycle of them`() throws {
        var chain = "a0: {from: {type: scratch}}\n"
        for number in 1..<1_000 { chain += "a\(number): {from: {type: built, tag: a\(number - 1)}}\n" }
        #expect(try outcome(Array(chain.utf8)) == nil)
        let cycle = chain.replacing("type: scratch", with: "type: built, tag: a999")
        #expect(try outcome(Array(cycle.utf8)) == .rejected)
    }

    @Test func `may name layers in both cases, but not in two spellings of one letter`() throws {
        #expect(try outcome(Array("a: {from: {type: scratch}}\nA: {from: {type: scratch}}".utf8)) == nil)
        #expect(try outcome(Array("e\u{301}: {from: {type: scratch}}".utf8)) == .rejected)
        #expect(try outcome(Array("\u{e9}: {from: {type: scratch}}".utf8)) == .rejected)
    }

    @Test(
        arguments: [
            // Words and numbers that change with the version of YAML mean what YAML 1.1 says, or are refused where they do not fit.
            ("labels: {a: no, b: 0o777, c: 0777, d: 1_000, e: 12:30:45, f: .inf, g: 1e3}", nil),
            ("imports: [{path: a, mode: no}]", .rejected), ("imports: [{path: a, mode: 12:30:45}]", .rejected),
            ("imports: [{path: a, mode: .inf}]", .rejected), ("imports: [{path: a, mode: 1e3}]", .rejected),
            ("imports: [{path: a, mode: 0o777}]", nil), ("imports: [{path: a, mode: 04755}]", nil),
            ("imports: [{path: a, uid: 1_000}]", nil), ("imports: [{path: a, uid: 4294967295}]", .rejected),
            ("imports: [{path: a, mode: 99999}]", .rejected),
            ("imports: [{path: a, mode: 18446744073709551616}]", .rejected),
            // Bytes that a check on characters would overlook.
            ("imports: [{path: a, dest: \"/\u{301}etc\"}]", nil),
            ("imports: [{path: a, dest: \"\u{301}/etc\"}]", .rejected),
            ("imports: [{path: a, dest: \"/a/../\u{301}x\"}]", .rejected),
            ("binds: [\"/a -> /b/../\u{301}x\"]", .rejected),
            ("imports: [\"a\\r\\nb\"]", .rejected), ("working_dir: \"/a\\u0085\"", .rejected),
            ("working_dir: \"/a\\u2028\"", .rejected), ("runtime_user: \"a\\r\\nb\"", .rejected),
            ("volumes: [\"/a\\0b\"]", .rejected),
            // What is only data may be anything but a NUL.
            ("labels: {a: \"b\\nc\"}", nil), ("labels: {a: \"\(String(repeating: "x", count: 1 << 20))\"}", nil),
            ("environment: {a: \"b\\0\"}", .rejected), ("environment: {A B: c, 1A: d, LD_PRELOAD: e}", nil),
            ("build_env: {A=B: c}", .rejected), ("build_env: {\"\": c}", .rejected),
            ("build_env: {A: \"b\\0\"}", .rejected),
            ("build_env_passthrough: [\"(a+)+$\", \".*\"]", nil), ("build_env_passthrough: [\"(\"]", .rejected),
            ("build_env_passthrough: [\"\(String(repeating: "a", count: 1_001))\"]", .limit),
            // Hashes are taken in any case, and without a prefix.
            ("imports: [{path: a, hash: \(String(repeating: "A", count: 64))}]", nil),
            ("imports: [{path: a, hash: \(String(repeating: "a", count: 63))}]", .rejected),
            ("imports: [{path: a, hash: \"sha256:\(String(repeating: "a", count: 64))\"}]", .rejected),
            // Nothing can be put over what stacker fills.
            ("binds: [/]", .rejected), ("binds: [/proc]", .rejected), ("binds: [/sys]", .rejected),
            ("binds: [/dev]", .rejected),
            ("binds: [/x -> /stacker]", .rejected), ("binds: [/x -> /./proc//self]", .rejected),
            ("binds: [\"\"]", .rejected),
            ("binds: [\"/a\\n-> /b\"]", nil), ("binds: [\"/a, /b\"]", .rejected), ("binds: [/dev/null]", nil),
            ("run: ''", nil), ("run: [a, ~]", .rejected), ("run: [3]", .rejected), ("run: \"a\\0\"", .rejected),
            ("run: '#!/nonexistent'", nil), ("os: ''", nil), ("arch: ../x", .rejected), ("arch: unheard-of", nil),
        ] as [(String, ErrorClass?)])
    func `is as good as its directive`(_ directive: String, _ expected: ErrorClass?) throws {
        #expect(try outcome(of: directive) == expected)
    }

    @Test(
        arguments: [
            ("${{A}}", [], .rejected), ("${{A:${{B}}}}", [], .rejected), ("${{A}}", ["A=${{A}}"], .rejected),
            ("${{A}}", ["A=x\nevil:\n"], .rejected), ("${{A}}", [".*=x"], .rejected), ("${{A}}", ["A=x"], nil),
            ("${{A}}", ["A=${{B}}${{B}}", "B=${{C}}${{C}}", "C=${{A}}"], .rejected), ("${{A}}", ["A=\u{202e}x"], nil),
        ] as [(String, [String], ErrorClass?)])
    func `is as good as its substitutions`(_ text: String, _ pairs: [String], _ expected: ErrorClass?) throws {
        #expect(try outcome(Array("web: {from: {type: scratch}, run: 'echo \(text)'}".utf8), pairs) == expected)
    }

    @Test func `cannot grow without end by substitution`() throws {
        let text = "web: {from: {type: scratch}, run: '\(String(repeating: "${{A}}", count: 90_000))'}"
        #expect(try outcome(Array(text.utf8), ["A=\(String(repeating: "x", count: 1 << 20))"]) == .limit)
        #expect(try outcome(Array(text.utf8), ["A=x"]) == nil)
        #expect(try outcome(Array((text + text).utf8), ["A=x"]) == .limit)
        let doubling = (0..<40).map { "A\($0)=${{A\($0 + 1)}}${{A\($0 + 1)}}" }
        #expect(try outcome(Array("web: {from: {type: scratch}, run: '${{A0}}'}".utf8), doubling) == .limit)
        #expect(try outcome(Array("a: ${{A0}}".utf8), (0..<1_001).map { "A\($0)=" }) == .limit)
    }

    @Test func `cannot make substitution slow by what it leaves open`() throws {
        let open = String(repeating: "${{A:", count: 90_000)
        #expect(try outcome(Array("web: {from: {type: scratch}} # \(open)".utf8), ["A=x", "B=y"]) == nil)
        let shell = String(repeating: "${A:", count: 500_000)
        #expect(try outcome(Array("web: {from: {type: scratch}} # \(shell)".utf8), ["A=x"]) == nil)
        #expect(try outcome(Array("web: {from: {type: scratch}} # \(shell)}".utf8), ["A=x"]) == .rejected)
    }
}
