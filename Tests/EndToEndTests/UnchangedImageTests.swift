import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Steps that leave everything as it was.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct UnchangedImageTests {
    @Test func aStepWithoutChangesAddsNoLayerAndLeavesNothingToRemove() throws {
        let project = try Project(
            """
            base:
              from: {type: tar, url: base.tar}
            app:
              from: {type: built, tag: base}
              run: cat /etc/passwd > /dev/null
            """)
        try project.makeBase()
        // Where stacker mounts, most bases have something: the directories around it stay as they are.
        try project.write("more/etc/resolv.conf", "")
        let more = try project.run("/usr/bin/tar", "-rf", "base.tar", "-C", "more", "etc/resolv.conf")
        try #require(more.exitCode == 0, "\(more.stderrText)")
        for _ in 1...2 {
            let build = try project.stacker("build", "--no-cache")
            try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
            #expect(try project.layers("app") == project.layers("base"))
            #expect(try temporaries(project).isEmpty)
        }
    }

    /// Then nobody outside of the namespace can look whether anything was changed.
    @Test func aRootDirectoryThatIsGivenAwayAndClosedIsPacked() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              run: echo new > /new && chown 33:33 / && chmod 700 /
            """)
        try project.makeBase()
        for _ in 1...2 {
            let build = try project.stacker("build", "--no-cache")
            try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
            let members = try project.members(try project.layers("app")[0])
            #expect(members["new"] == "-rw-r--r-- 0/0" && members["./"] == "drwx------ 33/33", "\(members)")
            #expect(try temporaries(project).isEmpty)
        }
    }

    private func temporaries(_ project: Project) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots").filter { $0.hasPrefix(".tmp.") }
    }
}
