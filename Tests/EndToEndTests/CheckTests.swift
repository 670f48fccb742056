import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stacker check` does what a build does, in the directory that a build would use.
@Suite(.requiresSubordinateIds)
struct CheckTests {
    @Test func aHostThatBuildsIsReadyAndNothingIsLeft() throws {
        let project = try Project()
        let check = try project.stacker("check")
        #expect(check.exitCode == 0, "\(check.stdoutText)\(check.stderrText)")
        #expect(check.stdoutText.hasPrefix("os/kernel: Linux "))
        #expect(check.stdoutText.contains("\(project.path)/roots "))
        for probe in ["roots-dir", "user-namespace", "overlay", "build-step"] {
            #expect(check.stdoutText.contains("\n\(probe): works\n"), "\(check.stdoutText)")
        }
        #expect(try project.run("/bin/ls", "-A", "roots").stdoutText == ".lock\n")
        #expect(project.leftovers().isEmpty)
    }

    @Test func theJSONFormSaysItsVersionAndEachProbe() throws {
        let check = try Project().stacker("check", "--json")
        let document = try JSONSerialization.jsonObject(with: Data(check.stdout.bytes)) as? [String: Any]
        #expect(document?["version"] as? Int == 1)
        #expect(document?["ready"] as? Bool == true)
        let probes = try #require(document?["probes"] as? [[String: String]])
        #expect(probes.map { $0["status"] } == ["ok", "ok", "ok", "ok"])
    }

    @Test func aLinkOnTheWayToTheRootsDirectoryIsNamedWithTheRealOne() throws {
        let project = try Project()
        _ = try project.run("/bin/sh", "-c", "mkdir real && ln -s real link")
        let check = try project.stacker("--roots-dir", "link/roots", "check")
        #expect(check.exitCode == 1)
        #expect(check.stdoutText.contains("roots-dir: RD-01 "), "\(check.stdoutText)")
        #expect(check.stdoutText.contains("uses symbolic links, use \"\(project.path)/real/roots\" instead"))
    }

    @Test(.requiresUser) func withoutPrivilegesToGainTheRestIsNotTried() throws {
        let project = try Project()
        let check = try project.run(
            "/usr/bin/setpriv", "--no-new-privs", ByteString(Program.built("stacker").string), "check")
        #expect(check.exitCode == 1)
        #expect(check.stdoutText.contains("user-namespace: ID-04 "), "\(check.stdoutText)")
        #expect(check.stdoutText.contains("overlay: not tried because user-namespace does not work"))
        #expect(check.stdoutText.contains("build-step: not tried because user-namespace does not work"))
    }

    /// Both let an overlay be mounted, or look like a disk, until something is deleted.
    @Test(
        .requiresRoot,
        arguments: [
            ("mount -t ramfs none roots", "OV-02"),
            ("mkdir l u w; mount -t overlay -o lowerdir=l,upperdir=u,workdir=w none roots", "OV-01"),
        ])
    func aDirectoryThatOverlaysCannotUseIsFound(mount: String, id: String) throws {
        let project = try Project()
        let script = "mkdir roots && \(mount) && chmod 700 roots && exec \(Program.built("stacker")) check"
        let check = try project.run("/usr/bin/unshare", "-m", "/bin/sh", "-c", ByteString(script))
        #expect(check.exitCode == 1, "\(check.stderrText)")
        #expect(check.stdoutText.contains("overlay: \(id) "), "\(check.stdoutText)")
    }

    /// The same finding as that of the check, before anything of the image has run or was put out.
    @Test(
        .requiresRoot, .requiresTool("busybox"),
        arguments: [
            ("mount -t ramfs none roots", "OV-02"),
            ("mkdir l u w; mount -t overlay -o lowerdir=l,upperdir=u,workdir=w none roots", "OV-01"),
        ])
    func aBuildFailsWithTheFindingBeforeItsFirstStep(mount: String, id: String) throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run: echo ran\n")
        try project.makeBase()
        let script = "mkdir roots && \(mount) && chmod 700 roots && exec \(Program.built("stacker")) build"
        let build = try project.run("/usr/bin/unshare", "-m", "/bin/sh", "-c", ByteString(script))
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("error: cannot build \"app\": \(id) "), "\(build.stderrText)")
        #expect(build.stderrText.contains("\n  hint: "))
        #expect(build.stdout.isEmpty)
        #expect((try project.json("oci/index.json")["manifests"] as? [Any] ?? []).isEmpty)
    }

    @Test(.requiresUser, .requiresTool("busybox")) func aBuildThatHasNothingToDoTriesNothing() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run: echo ran\n")
        try project.makeBase()
        #expect(try project.stacker("build").exitCode == 0)
        func build() throws -> Program {
            try project.run(
                "/usr/bin/setpriv", "--no-new-privs", ByteString(Program.built("stacker").string), "build")
        }
        let second = try build()
        #expect(second.exitCode == 0, "\(second.stderrText)")
        try project.write("stacker.yaml", "app:\n  from: {type: tar, url: base.tar}\n  run: echo other\n")
        let third = try build()
        #expect(third.exitCode == 1)
        #expect(third.stderrText.contains("ID-04 "), "\(third.stderrText)")
    }

    @Test func theTestSuiteOfTheEstablishedStackerIsAnsweredByAStatus() throws {
        let project = try Project()
        let works = try project.stacker("internal-go", "testsuite-check-overlay")
        #expect(works.exitCode == 0, "\(works.stderrText)")
        #expect(works.stdout.isEmpty && works.stderr.isEmpty)
    }

    @Test(.requiresRoot) func theTestSuiteOfTheEstablishedStackerSeesThatOverlaysDoNotWork() throws {
        let project = try Project()
        let script = """
            mkdir roots && mount -t ramfs none roots && chmod 700 roots &&
            exec \(Program.built("stacker")) internal-go testsuite-check-overlay
            """
        let check = try project.run("/usr/bin/unshare", "-m", "/bin/sh", "-c", ByteString(script))
        #expect(check.exitCode == 50, "\(check.stderrText)")
        #expect(check.stderrText.hasPrefix("error: "))
    }
}
