import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What of a substitution reaches an image, and what does not.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct SubstitutionTests {
    private static let text = """
        web:
          from: {type: tar, url: base.tar}
          labels: {version: "${{VERSION:none}}"}
          run: |
            test -n "${{TOKEN}}"
            echo ${{VERSION}} >/version
        """

    @Test func valuesReachTheStepAndTheLabelsAndNoDocument() throws {
        let project = try Project(Self.text)
        try project.makeBase()
        let build = try project.stacker("build", "--substitute=TOKEN=canary-7531", "--substitute", "VERSION=2")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        let execution = try #require(try project.configuration("web")["config"] as? [String: Any])
        #expect((execution["Labels"] as? [String: String])?["version"] == "2")
        let annotations = try #require(try project.manifest("web")["annotations"] as? [String: String])
        #expect(annotations["io.stackeroci.stacker.stacker_yaml"] == Self.text)
        let found = try project.run("/bin/grep", "-rl", "canary", "oci")
        #expect(found.stdoutText == "")
        #expect(!build.stderrText.contains("canary"))
    }

    @Test func anotherValueOfWhatIsUsedMakesTheImageAnew() throws {
        let project = try Project(Self.text)
        try project.makeBase()
        let arguments: [ByteString] = ["build", "--substitute=TOKEN=canary-7531", "--substitute"]
        func build(_ pairs: ByteString...) throws -> String {
            let run = try Program.run(
                Program.built("stacker"), arguments + pairs, environment: Program.defaultEnvironment,
                currentDirectory: project.path)
            #expect(run.exitCode == 0, "\(run.stderrText)")
            return run.stderrText
        }
        _ = try build("VERSION=1")
        #expect(try build("VERSION=1").contains("found cached layer web"))
        #expect(try build("VERSION=1", "--substitute=UNUSED=1").contains("found cached layer web"))
        #expect(try !build("VERSION=2").contains("found cached layer web"))
        let run = try project.stacker(
            "chroot", "--substitute", "TOKEN=x", "--substitute", "VERSION=2", "web", "cat", "/version")
        #expect(run.stdoutText == "2\n")
    }
}
