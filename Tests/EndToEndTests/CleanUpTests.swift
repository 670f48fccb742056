import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct CleanUpTests {
    @Test func aBuildLeavesNoProcessAndNoMount() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              run: sleep 1000 & echo started
            """)
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(project.leftovers().isEmpty)
    }

    @Test func aKilledBuildLeavesNoProcessAndTheNextOneIsAsIfNothingHadHappened() throws {
        let slow = """
            app:
              from: {type: tar, url: base.tar}
              run:
                - mkdir /made && chown 5:5 /made && touch /made/x
                - sleep 1000 & sleep 1000
            """
        let project = try Project(slow)
        try project.makeBase()
        // timeout(1) kills stacker alone, as the kernel's OOM killer or an impatient user would.
        let build = try Program.run(
            "/usr/bin/timeout",
            ["--foreground", "-s", "KILL", "2", ByteString(Program.built("stacker").string), "build"],
            currentDirectory: project.path)
        #expect(build.exitCode != 0)
        #expect(project.leftovers().isEmpty, "a second after the kill")

        try project.write("stacker.yaml", slow.replacingOccurrences(of: "sleep 1000 & sleep 1000", with: "echo done"))
        let again = try project.stacker("build")
        #expect(again.exitCode == 0, "\(again.stderrText)\(again.stdoutText)")
        let roots = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots")
        #expect(!roots.contains { $0.hasPrefix(".tmp.") }, "\(roots)")
    }

    @Test func cleanRemovesWhatBuildsMadeAndNothingElse() throws {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  run: mkdir -m 000 /dark && chown 7:7 /dark\n")
        try project.makeBase()
        try #require(try project.stacker("build").exitCode == 0)
        try project.write("roots/mine/letter", "keep me\n")
        let clean = try project.stacker("clean")
        #expect(clean.exitCode == 0, "\(clean.stderrText)")
        let left = try FileManager.default.subpathsOfDirectory(atPath: project.path.string).sorted()
        #expect(left == ["base.tar", "roots", "roots/mine", "roots/mine/letter", "stacker.yaml"])
    }

    @Test func aLayerNamedLikeSomebodysFolderDoesNotDeleteIt() throws {
        let project = try Project("mine:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        try project.write("roots/mine/letter", "keep me\n")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("was not made by stacker"), "\(build.stderrText)")
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/roots/mine/letter"))
    }

    @Test func whatSomebodyPutIntoTheLayoutStaysAndTheNextBuildFindsALayout() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        try #require(try project.stacker("build").exitCode == 0)
        try project.write("oci/letter", "keep me\n")
        let clean = try project.stacker("clean")
        #expect(clean.exitCode == 0, "\(clean.stderrText)")
        #expect(clean.stderrText.contains("left \(project.path)/oci/letter, which stacker did not make"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/oci").sorted() == [
                "letter", "oci-layout",
            ])
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(try project.layers("app").count == 1)
        try FileManager.default.removeItem(atPath: "\(project.path)/oci/letter")
    }

    /// A downloaded project may ship links where stacker keeps its own things.
    @Test(arguments: ["roots", ".stacker", "oci"])
    func aLinkInPlaceOfADirectoryIsRefused(_ name: String) throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        try project.write("elsewhere/app/overlay/letter", "keep me\n")
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/\(name)", withDestinationPath: "elsewhere")
        for command: ByteString in ["build", "clean"] {
            let run = try project.stacker(command)
            #expect(run.exitCode == 1, "\(command): \(run.stderrText)")
            #expect(run.stderrText.contains("symbolic link"), "\(run.stderrText)")
        }
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/elsewhere/app/overlay/letter"))
        try FileManager.default.removeItem(atPath: "\(project.path)/\(name)")
    }
}
