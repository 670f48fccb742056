import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A script of the image makes its labels, and nothing else.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct GenerateLabelsTests {
    private func labels(_ project: Project, _ tag: String = "app") throws -> [String: String] {
        let configuration = try project.configuration(tag)["config"] as? [String: Any]
        return configuration?["Labels"] as? [String: String] ?? [:]
    }

    private func project(_ rest: String) throws -> Project {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n\(rest)\n")
        try project.makeBase()
        return project
    }

    /// No file of the script's is left, anywhere.
    private func expectNothingLeft(_ project: Project) throws {
        #expect(try project.run("/usr/bin/find", "roots", "-name", "labels").stdout.isEmpty)
        #expect(project.leftovers().isEmpty)
    }

    @Test func theScriptSeesTheFinishedImageAndItsFilesBecomeLabels() throws {
        let project = try project(
            """
              run: echo 1.2.3 >/version
              generate_labels:
                - cd /stacker/oci-labels
                - cat /version >org.example.version
                - printf %s "$(env | sort | tr '\\n' ' ')" >environment
                - printf generated >overridden
                - touch empty
                - ls /stacker/imports >imports
                - echo lost >/version && echo lost >/lost
                - chown 33:33 org.example.version && chmod 644 org.example.version
              imports: [secret]
              labels: {overridden: given, other: x}
              build_only: false
            child:
              from: {type: built, tag: app}
              generate_labels: printf child >/stacker/oci-labels/empty && cat /version
            """)
        try project.write("secret", "s")
        let build = try project.stacker("build", environment: ["http_proxy=http://proxy"])
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        var labels = try labels(project)
        let environment = labels.removeValue(forKey: "environment") ?? ""
        #expect(environment.contains("PATH=") && !environment.contains("proxy"), "\(environment)")
        #expect(!environment.contains("STACKER") && !environment.contains("container="), "\(environment)")
        #expect(
            labels == [
                "org.example.version": "1.2.3\n", "overridden": "given", "other": "x", "empty": "", "imports": "",
            ])
        #expect(try self.labels(project, "child")["empty"] == "child")
        #expect(try self.labels(project, "child")["org.example.version"] == "1.2.3\n")
        #expect(build.stdoutText.contains("\n1.2.3\n"))
        let layers = try project.layers("child")
        #expect(layers.count == 1)
        #expect(try project.members(layers[0])["lost"] == nil)
        try expectNothingLeft(project)
    }

    @Test(arguments: ["/etc/passwd", "../../../../stacker.yaml", "gone"])
    func aLinkToAFileOfTheHostIsRefused(target: String) throws {
        let project = try project("  generate_labels: ln -s \(target) /stacker/oci-labels/leak")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains(
                "that generate_labels made: leak is a symbolic link, and only a file can be a label"),
            "\(build.stderrText)")
        #expect((try project.json("oci/index.json")["manifests"] as? [Any] ?? []).isEmpty)
        try expectNothingLeft(project)
    }

    @Test func aDirectoryThatTheScriptClosedIsAnErrorOrRead() throws {
        let project = try project("  generate_labels: cd /stacker/oci-labels && echo 1 >a && chown 5 . && chmod 0 .")
        let build = try project.stacker("build")
        #expect(build.exitCode == (Host.isRoot ? 0 : 1), "\(build.stderrText)")
        try expectNothingLeft(project)
    }

    @Test(arguments: [("exit 7", 7), ("'false'", 1), ("kill -9 $$", 1)])
    func theStatusOfTheScriptIsThatOfStacker(script: String, status: Int32) throws {
        let project = try project("  generate_labels: \(script)")
        let build = try project.stacker("build")
        #expect(build.exitCode == status)
        #expect(build.stderrText.contains("generate_labels failed for image \"app\" in \""), "\(build.stderrText)")
        #expect(build.stderrText.contains(", the last command was: "), "\(build.stderrText)")
        try expectNothingLeft(project)
    }

    @Test func anotherCommandRunsNothingAndKeepsTheLabels() throws {
        let project = try project("  generate_labels: echo ran && echo 1 >/stacker/oci-labels/one\n  cmd: [a]")
        let first = try project.stacker("build")
        try #require(first.exitCode == 0, "\(first.stderrText)")
        #expect(first.stdoutText.contains("\nran\n"))
        for text in ["cmd: [b]", "labels: {two: 2}"] {
            let old = try String(contentsOfFile: "\(project.path)/stacker.yaml", encoding: .utf8)
            try project.write("stacker.yaml", old.replacing("cmd: [a]", with: text))
            let second = try project.stacker("build")
            #expect(second.exitCode == 0 && second.stdout.isEmpty, "\(second.stdoutText)\(second.stderrText)")
            #expect(try labels(project)["one"] == "1\n")
            try project.write("stacker.yaml", old)
        }
        #expect(try labels(project)["two"] == "2")
        let third = try project.stacker("build", environment: ["SOURCE_DATE_EPOCH=5"])
        #expect(third.stdoutText.contains("\nran\n"))
    }

    @Test func aScriptMayNameItsInterpreter() throws {
        let project = try project(
            "  generate_labels: |\n    #!/bin/cat\n    text")
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(build.stdoutText.contains("text\n"))
        #expect(try labels(project).isEmpty)
    }
}
