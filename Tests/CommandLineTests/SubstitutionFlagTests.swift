import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The flags for substitutions and for the form of errors, through the program, which builds nothing here.
@Suite struct `The flags about stacker files` {
    private func order(_ text: String, _ arguments: ByteString...) throws -> Program {
        let project = try Project(text)
        try project.write("values.yaml", "V: 1.10\nW: from-file\nN: ~\n")
        return try Program.run(
            Program.built("stacker"), ["build", "--order-only", "--debug"] + arguments,
            environment: Program.defaultEnvironment, currentDirectory: project.path)
    }

    private static let base = "web:\n  from: {type: scratch}\n"

    @Test func `give values of the command line, of the file and of stacker itself`() throws {
        let text = """
            ${{A}}-${{V}}${{N}}:
              from: {type: scratch}
              labels: {roots: "${{STACKER_ROOTS_DIR:}}${{STACKER_ROOTFS_DIR}}", work: "${{STACKER_WORK_DIR}}"}
            """
        let run = try order(
            text, "--substitute", "A=ab", "--substitute-file=values.yaml", "--substitute=W=flag")
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(run.stderrText.contains("images in build order: ab-1.10\n"))
        #expect(run.stderrText.contains("substitution A was used 1 time\n"))
        #expect(run.stderrText.contains("substitution V was used 1 time\n"))
        #expect(run.stderrText.contains("substitution STACKER_ROOTFS_DIR was used 1 time\n"))
        #expect(run.stderrText.contains("substitution STACKER_OCI_DIR was used 0 times\n"))
        #expect(!run.stderrText.contains("from-file") && !run.stderrText.contains("flag\n"))
    }

    @Test func `take a comma as a part of a value`() throws {
        let run = try order("web:\n  from: {type: \"${{T}}\"}\n", "--substitute", "T=a,T=b")
        #expect(run.stderrText.contains("unknown layer type: a,T=b\n"))
    }

    @Test(arguments: [
        (["--substitute", "x"], "invalid substition x\n"), (["--substitute", "=x"], "invalid substition =x\n"),
        (["--substitute-file", "gone.yaml"], "--substitute-file"),
        (["--error-format", "xml"], "unknown --error-format xml\n"),
    ])
    func `are refused in words where they make no sense`(_ arguments: [String], _ message: String) throws {
        let project = try Project(Self.base)
        let run = try Program.run(
            Program.built("stacker"), ["build", "--order-only"] + arguments.map { ByteString($0) },
            environment: Program.defaultEnvironment, currentDirectory: project.path)
        #expect(run.exitCode == 1)
        #expect(run.stderrText.hasPrefix("error: "))
        #expect(run.stderrText.contains(message))
    }

    @Test func `point into a file of values that is wrong, and name it as the origin of a value`() throws {
        let project = try Project("web:\n  from: {type: \"${{T}}\"}\n")
        try project.write("good.yaml", "# one\nT: x\n")
        try project.write("bad.yaml", "T: [x]\nT: y\n")
        let good = try project.stacker("build", "--order-only", "--substitute-file", "good.yaml")
        #expect(good.stderrText.contains("\n  the value of 'T' comes from good.yaml:2:1\n"))
        let bad = try project.stacker("build", "--order-only", "--substitute-file", "bad.yaml")
        #expect(bad.exitCode == 1)
        #expect(bad.stderrText.hasPrefix("bad.yaml:1:4: error: the value of 'T' is a list\n"))
        #expect(bad.stderrText.contains("bad.yaml:2:1: error: duplicate key 'T'\n"))
    }

    @Test func `write errors as JSON and as workflow commands`() throws {
        let project = try Project(Self.base + "  runn: x\n  imports: [{path: a, size: 3}]\n  os:\n")
        let json = try project.stacker("build", "--order-only", "--error-format=json")
        let lines = json.stderrText.split(separator: "\n")
        let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(objects.map { $0?["line"] as? Int } == [3, 5])
        #expect(objects.first??["suggestion"] as? String == "run")
        #expect(objects.allSatisfy { $0?["version"] as? Int == 1 && $0?["severity"] as? String == "error" })
        let github = try project.stacker("--error-format", "github", "build", "--order-only")
        #expect(github.exitCode == 1)
        #expect(github.stderrText.hasPrefix("::error file="))
        #expect(github.stderrText.contains(",line=3,col=3::unknown directive 'runn'%0A  did you mean 'run'?\n::error "))
        let text = try project.stacker("build", "--order-only")
        #expect(text.stderrText.contains(":3:3: error: unknown directive 'runn'\n  runn: x\n  ^\n"))
        #expect(!text.stderrText.contains("\u{1b}"))
    }

    @Test func `write an error without a place in the same form`() throws {
        let project = try Project()
        let run = try project.stacker("build", "--error-format=json")
        let object = try JSONSerialization.jsonObject(with: Data(run.stderrText.utf8)) as? [String: Any]
        #expect(object?["line"] == nil)
        #expect((object?["message"] as? String)?.isEmpty == false)
    }
}
