import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Two stackers in one directory would take each other's files away.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct LockTests {
    @Test func whileOneBuildsNobodyElseBuildsOrCleans() throws {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  run: [touch /stacker-is-here, sleep 3]\n")
        try project.makeBase()
        let script = """
            stacker=\(Program.built("stacker"))
            $stacker build >first.log 2>&1 &
            until [ -e roots/app/overlay/stacker-is-here ]; do sleep 0.05; done
            $stacker build; echo "second: $?"
            $stacker clean; echo "clean: $?"
            wait $!; echo "first: $?"
            """
        let run = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(run.stdoutText == "second: 1\nclean: 1\nfirst: 0\n", "\(run.stdoutText)")
        let refusals = run.stderrText.components(separatedBy: "couldn't acquire lock on \(project.path)/.stacker/.lock")
        #expect(refusals.count == 3, "\(run.stderrText)")
        #expect(try project.layers("app").count == 1)
    }

    /// A downloaded project may ship a link as the lock; what it points to must stay as it is.
    @Test func aLinkInPlaceOfTheLockIsNotFollowed() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        try project.write("letter", "keep me\n")
        try project.write(".stacker/x", "")
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/.stacker/.lock", withDestinationPath: "../letter")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("couldn't acquire lock on"), "\(build.stderrText)")
        #expect(try String(contentsOfFile: "\(project.path)/letter", encoding: .utf8) == "keep me\n")
    }
}
