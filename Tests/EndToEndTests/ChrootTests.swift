import Diagnostics
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// `stacker chroot`: a command in an image that is built.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ChrootTests {
    private static let recipe = """
        first:
          from: {type: tar, url: base.tar}
          imports: [imported]
          binds: ["data -> /mnt/data"]
          build_env: {GIVEN: "by the file"}
          environment: {IMAGE: "not for commands of a build"}
          run: echo 1 > /made
        tools:
          from: {type: built, tag: first}
          build_only: true
          run: echo 2 > /tool && rm /made
        third:
          from: {type: built, tag: tools}
          run: echo 3 > /made

        """

    private static func built() throws -> Project {
        let project = try Project(recipe)
        try project.makeBase()
        try project.write("imported", "an import\n")
        try project.write("data/file", "of the host\n")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return project
    }

    private func roots(_ project: Project) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots"))
    }

    @Test func runsACommandInAnImageAndThrowsItsChangesAway() throws {
        let project = try Self.built()
        let before = try roots(project)
        let run = try project.stacker(
            "chroot", "first", "/bin/sh", "-c", "cat /made; rm /made; echo changed > /etc/passwd; hostname; pwd; exit 7"
        )
        #expect(run.exitCode == 7, "\(run.stderrText)")
        #expect(run.stdoutText == "1\nstacker\n/\n")
        #expect(run.stderrText.contains("This chroot is temporary"))
        let again = try project.stacker("exec", "first", "/bin/cat", "/made", "/etc/passwd")
        #expect(again.stdoutText == "1\nroot:x:0:0:root:/root:/bin/sh\n")
        #expect(again.exitCode == 0)
        #expect(try roots(project) == before)
        #expect(project.leftovers().isEmpty)
    }

    @Test func seesWhatABuildStepOfTheImageSees() throws {
        let project = try Self.built()
        let run = try project.stacker(
            "chroot", "first", "/bin/sh", "-c",
            "cat /stacker/imports/imported /mnt/data/file; echo more >> /mnt/data/file; env; ls /proc/$$/fd; id -u")
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(run.stdoutText.hasPrefix("an import\nof the host\n"), "\(run.stdoutText)")
        let lines = run.stdoutText.split(separator: "\n").map(String.init)
        #expect(lines.contains("GIVEN=by the file") && lines.contains("STACKER_LAYER_NAME=first"))
        #expect(!run.stdoutText.contains("IMAGE="))
        #expect(lines.suffix(4) == ["0", "1", "2", "0"], "\(lines)")
        let file = try String(contentsOfFile: "\(project.path)/data/file", encoding: .utf8)
        #expect(file == "of the host\nmore\n")
    }

    @Test func looksAtWhatIsThereAndAsksForNothingElse() throws {
        let project = try Self.built()
        try FileManager.default.removeItem(atPath: "\(project.path)/imported")
        let run = try project.stacker("chroot", "first", "cat", "/stacker/imports/imported")
        #expect(run.exitCode == 0 && run.stdoutText == "an import\n", "\(run.stderrText)")
        // Layers that are gone are unpacked again, from the layout.
        #expect(try project.run("/bin/rm", "-rf", "roots").exitCode == 0)
        #expect(try project.stacker("chroot", "third", "cat", "/made").stdoutText == "3\n")
    }

    @Test func takesImagesThatAreOnlyForBuilding() throws {
        let project = try Self.built()
        // Twice, so that the second time an earlier build is found again.
        #expect(try project.stacker("build").exitCode == 0)
        let tools = try project.stacker("chroot", "tools", "sh", "-c", "cat /tool; test ! -e /made")
        #expect(tools.exitCode == 0, "\(tools.stderrText)")
        #expect(tools.stdoutText == "2\n")
        let third = try project.stacker("chroot", "third", "cat", "/tool", "/made")
        #expect(third.stdoutText == "2\n3\n", "\(third.stderrText)")
    }

    @Test func isAShellInTheFirstImageThatReadsWhatItIsGiven() throws {
        let project = try Self.built()
        let run = try Program.run(
            Program.built("stacker"), ["chroot"], currentDirectory: project.path, stdin: "cat /made\nexit 3\n")
        #expect(run.exitCode == 3, "\(run.stderrText)")
        #expect(run.stdoutText == "1\n")
    }

    @Test func aCommandThatASignalEndsGivesAStatusAsInAShell() throws {
        let project = try Self.built()
        #expect(try project.stacker("chroot", "first", "sh", "-c", "kill -9 $$").exitCode == 137)
        let missing = try project.stacker("chroot", "first", "nowhere")
        #expect(missing.exitCode == 1)
        #expect(missing.stderrText.contains("cannot run a command in \"first\""), "\(missing.stderrText)")
        #expect(missing.stderrText.contains("cannot start `nowhere` in the image"), "\(missing.stderrText)")
    }

    @Test func whatIsNotThereIsNamed() throws {
        let project = try Project(Self.recipe)
        let nothing = try project.stacker("chroot", "first")
        #expect(nothing.exitCode == 1)
        #expect(nothing.stderrText.contains("nothing is built yet"), "\(nothing.stderrText)")
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/oci"))

        try project.makeBase()
        try project.write("imported", "")
        try project.write("data/file", "")
        #expect(try project.stacker("build", "first").exitCode == 0)
        let unknown = try project.stacker("chroot", "nope")
        #expect(unknown.stderrText.contains("no layer nope in stackerfile"), "\(unknown.stderrText)")
        #expect(unknown.stderrText.contains("first, tools, third") && unknown.exitCode == 1)
        let unbuilt = try project.stacker("chroot", "third")
        #expect(unbuilt.stderrText.contains("\"third\" is not built yet") && unbuilt.exitCode == 1)
    }

    @Test func goesWithoutAFileWhereTheTagSaysWhatIsMeant() throws {
        let project = try Self.built()
        let run = try project.stacker("chroot", "-f", "gone.yaml", "third", "cat", "/made")
        #expect(run.exitCode == 0 && run.stdoutText == "3\n", "\(run.stderrText)")
        #expect(run.stderrText.contains("couldn't find stacker file, chrooting to third as best effort"))
        let none = try project.stacker("chroot", "-f", "gone.yaml")
        #expect(none.exitCode == 1 && none.stderrText.contains("cannot read the stacker file"))
    }

    @Test func aBuildAtTheSameTimeIsRefused() throws {
        let project = try Self.built()
        let script = """
            \(Program.built("stacker")) chroot first sh -c 'touch /mnt/data/here; sleep 1000' >out 2>err &
            until [ -e data/here ]; do sleep 0.02; done
            \(Program.built("stacker")) build
            echo $?
            kill -KILL $!
            wait
            """
        let run = try project.run("/bin/bash", "-c", ByteString(script))
        #expect(run.stdoutText == "1\n", "\(run.stderrText)")
        #expect(run.stderrText.contains("couldn't acquire lock"))
        #expect(project.leftovers().isEmpty)
    }
}
