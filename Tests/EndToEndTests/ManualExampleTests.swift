import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Every example of stacker.yaml(5) is built, as a reader would try it.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("umoci"))
struct ManualExampleTests {
    /// The literal blocks of the page, each a whole file or the lines of one image.
    static let examples: [String] = {
        let path = Checkout.path.appending("man/stacker.yaml.5").string
        guard let page = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
        var examples: [String] = []
        var lines: [Substring]?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(".Bd -literal") {
                lines = []
            } else if line == ".Ed", let block = lines {
                examples.append(block.joined(separator: "\n") + "\n")
                lines = nil
            } else {
                lines?.append(line)
            }
        }
        return examples
    }()

    @Test func thereAreExamplesOfAllKeys() {
        let text = Self.examples.joined()
        #expect(Self.examples.count > 20)
        for key in [
            "run", "imports", "binds", "build_env", "healthcheck", "exposed_ports", "stop_signal", "overlay_dirs",
        ] {
            #expect(text.contains("\(key):"))
        }
    }

    @Test(arguments: examples) func anExampleIsBuilt(_ example: String) throws {
        let project = try Project(Self.file(example))
        try project.makeBase()
        let hello = try project.run(Checkout.path.appending("examples/hello/make-base"), "hello-base.tar")
        try #require(hello.exitCode == 0, "\(hello.stderrText)")
        try project.write("notes.txt", "hello\n")
        try project.write("hello.sh", "#!/bin/sh\necho hello\n", mode: 0o755)
        try project.write("site/index.html", "<p>hello</p>\n")
        try project.write("cache/old", "old\n")
        if example.contains("layout:1") {
            let made = try project.run(
                "/bin/sh", "-c",
                "umoci init --layout layout && umoci new --image layout:1 && umoci raw add-layer --image layout:1 base.tar"
            )
            try #require(made.exitCode == 0, "\(made.stderrText)")
        }
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)\(example)")
    }

    /// The example as a file: lines of an image get a name, and a base where they say none.
    private static func file(_ example: String) -> String {
        let keys = example.split(separator: "\n").filter { $0.first?.isLetter == true }
        let isWhole = keys.contains { $0.hasSuffix(":") && !directives.contains(String($0.dropLast())) }
        if isWhole { return example }
        let lines = example.split(separator: "\n").map { "  \($0)\n" }.joined()
        let base = example.contains("from:") ? "" : "  from: {type: tar, url: base.tar}\n"
        return "example:\n" + base + lines
    }

    /// Words that stand alone on a line, where their value is on the next ones.
    private static let directives = [
        "from", "imports", "overlay_dirs", "run", "binds", "build_env", "environment", "labels", "annotations",
        "healthcheck", "config",
    ]
}
