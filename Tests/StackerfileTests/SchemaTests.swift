import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Stackerfile

/// schema/stacker.schema.json says what the parser says, as far as shapes go.
@Suite(.requiresPythonModules("jsonschema", "yaml"))
struct SchemaTests {
    private static let schema = Checkout.path.appending("schema/stacker.schema.json")

    private func schema() throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: Self.schema.string)))
        return try #require(json as? [String: Any])
    }

    private func keys(_ path: String...) throws -> Set<String> {
        var value: Any? = try schema()["$defs"]
        for name in path { value = (value as? [String: Any])?[name] }
        return Set(try #require(value as? [String: Any]).keys)
    }

    /// For each text the messages of the validator; none where it is valid.
    private func validate(_ texts: [String]) throws -> [[String]] {
        let script = """
            import json, sys, yaml, jsonschema
            schema = json.load(open(sys.argv[1]))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            texts = json.load(open(sys.argv[2]))
            found = [[e.message for e in validator.iter_errors(yaml.safe_load(t))] for t in texts]
            json.dump(found, sys.stdout)
            """
        let project = try Project()
        try project.write("texts.json", String(decoding: try JSONEncoder().encode(texts), as: UTF8.self))
        let run = try project.run(
            "/usr/bin/python3", "-c", ByteString(script), ByteString(Self.schema.string), "texts.json")
        try #require(run.exitCode == 0, "\(run.stderrText)")
        return try JSONDecoder().decode([[String]].self, from: Data(run.stdoutText.utf8))
    }

    @Test func `its keys are those of the parser`() throws {
        #expect(try keys("layer", "properties") == Set(Vocabulary.directives))
        #expect(try keys("from", "properties") == Set(Vocabulary.sourceKeys))
        #expect(try keys("import", "properties") == Set(Vocabulary.importFields))
        #expect(try keys("overlayDirectory", "properties") == ["source", "dest"])
        let healthcheck = (try schema()["$defs"] as? [String: Any])?["healthcheck"] as? [String: Any]
        let check = healthcheck?["anyOf"] as? [Any]
        let fields = (check?.last as? [String: Any])?["properties"] as? [String: Any]
        #expect(Set(fields?.keys.map { $0 } ?? []) == Set(Vocabulary.healthCheckFields))
        let text = try String(contentsOfFile: Self.schema.string, encoding: .utf8)
        let types = Vocabulary.sourceTypes.map { "\"\($0)\"" }.joined(separator: ", ")
        #expect(text.contains("{\"enum\": [\(types)]}"))
    }

    /// Examples, and everything of the documentation that is a stacker.yaml.
    @Test func `it takes every example`() throws {
        var texts: [String] = []
        let files = FileManager.default
        let examples = Checkout.path.appending("examples").string
        for name in try files.subpathsOfDirectory(atPath: examples).sorted() where name.hasSuffix(".yaml") {
            texts.append(try String(contentsOfFile: "\(examples)/\(name)", encoding: .utf8))
        }
        #expect(texts.count >= 5)
        let docs =
            ["README.md", "man/stacker.yaml.5"]
            + (try files.contentsOfDirectory(atPath: Checkout.path.appending("docs").string)).map { "docs/\($0)" }
        for name in docs.sorted() where name.hasSuffix(".md") || name.hasSuffix(".5") {
            texts += Self.blocks(try String(contentsOfFile: Checkout.path.appending(name).string, encoding: .utf8))
        }
        #expect(texts.count >= 7)
        for (text, messages) in zip(texts, try validate(texts)) {
            #expect(messages.isEmpty, "\(messages): \(text)")
        }
    }

    /// Blocks of Markdown and of mdoc in which a line is the `from` of an image.
    private static func blocks(_ text: String) -> [String] {
        var blocks: [String] = []
        var block: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isEnd = line == "```" || line == ".Ed"
            if let lines = block, isEnd {
                if lines.contains(where: { $0.hasPrefix("  from:") }) { blocks.append(lines.joined(separator: "\n")) }
                block = nil
            } else if block == nil, line.hasPrefix("```yaml") || line.hasPrefix(".Bd -literal") {
                block = []
            } else {
                block?.append(line)
            }
        }
        return blocks
    }

    /// What the parser refuses because of its shape, one after the other.
    private static let refused = [
        "[]", "app: x", "app: {}", "a:b:\n  from: {type: scratch}", "config: []",
        "app:\n  from: x", "app:\n  from: {url: x}", "app:\n  from: {type: tarr, url: x}", "app:\n  from: {type: tar}",
        "app:\n  from: {type: built}", "app:\n  from: {type: scratch, nam: x}", "config: {prerequisites: x}",
    ]
    /// The same, in an image that is right otherwise.
    private static let refusedKeys = [
        "rum: x", "run: 1", "run: [1]", "run: {a: b}", "cmd: 5", "imports: {path: a}", "imports: 5", "imports: [5]",
        "imports: [{hash: x}]", "imports: [{path: 5}]", "imports: [{path: a, dest: b}]",
        "imports: [{path: a, hash: b}]", "imports: [{path: a, mode: rw}]", "imports: [{path: a, mode: 010000}]",
        "imports: [{path: a, uid: -5}]", "imports: [{path: a, gid: x}]", "imports: [{path: a, exclude: x}]",
        "imports: [{path: a, exclude: [1]}]", "imports: [{path: a, exclude: ['']}]", "overlay_dirs: x",
        "overlay_dirs: [x]", "overlay_dirs: [{dest: /x}]", "environment: [a]", "environment: {a: [b]}",
        "environment: {a=b: c}", "labels: x", "annotations: {a: {b: c}}", "volumes: x", "volumes: [[a]]",
        "working_dir: [a]", "runtime_user: {a: b}", "build_only: x", "binds: x", "binds: [5]", "binds: [{dest: /x}]",
        "binds: [{source: /x, des: /y}]", "build_env: x", "build_env_passthrough: x", "build_env_passthrough: [5]",
        "generate_labels: 5", "os: [a]", "exposed_ports: 80", "exposed_ports: [[80]]", "stop_signal: [a]",
        "healthcheck: x", "healthcheck: {interval: 5s}", "healthcheck: {test: a, every: 5s}", "healthcheck: {test: 5}",
        "healthcheck: {test: a, retries: x}",
    ]

    @Test func `it refuses what the parser refuses because of its shape`() throws {
        let texts = Self.refused + Self.refusedKeys.map { "app:\n  from: {type: scratch}\n  \($0)\n" }
        for (text, messages) in zip(texts, try validate(texts)) {
            #expect(!messages.isEmpty, "\(text)")
            #expect(throws: StackerfileErrors.self, "\(text)") {
                _ = try StackerfileParser.parse(Array(text.utf8), file: "f", limits: Limits(), notSupportedYet: [])
            }
        }
    }

    private static let accepted = [
        "run: ", "run: [a, b]", "cmd: a b", "imports: ", "imports: a", "imports: [a, {path: b, mode: 0644, uid: 5}]",
        "imports: [{path: a, dest: , hash: , mode: , uid: , gid: , exclude: }]", "import: a",
        "overlay_dirs: [{source: a}]", "environment: {A: 1.10, B: yes, C: }", "labels: ", "volumes: [/a]",
        "working_dir: 5", "runtime_user: 1000", "build_only: yes", "binds: [/a, /b -> /c, {source: /d, dest: /e}]",
        "build_env: {a: b}", "build_env_passthrough: ['A.*']", "generate_labels: x", "os: linux", "arch: amd64",
        "bom: {generate: true}", "exposed_ports: [80, 53/udp, 8000-8010/tcp]", "stop_signal: 15", "stop_signal: SIGINT",
        "healthcheck: none", "healthcheck: {test: [CMD, a], interval: 5s, retries: 3}", "was_bom: false",
    ]

    @Test func `it takes what the parser takes`() throws {
        let texts = Self.accepted.map { "app:\n  from: {type: scratch}\n  \($0)\n" }
        for (text, messages) in zip(texts, try validate(texts)) {
            #expect(messages.isEmpty, "\(messages): \(text)")
            #expect(throws: Never.self, "\(text)") {
                _ = try StackerfileParser.parse(Array(text.utf8), file: "f", limits: Limits(), notSupportedYet: [])
            }
        }
    }

    @Test func `it takes substitutions where they can be anything`() throws {
        let texts = [
            "${{NAME}}:\n  from: {type: '${{TYPE}}'}\n  build_only: ${{FLAG:false}}\n"
                + "  imports: [{path: 'a', mode: '${{MODE}}', uid: '${{UID}}', hash: '${{HASH}}', dest: '${{DEST}}'}]\n"
        ]
        #expect(try validate(texts) == [[]])
    }
}
