import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stacker gc`: what goes, what stays, and that it works where nothing can be written.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct GarbageCollectionTests {
    private func build(_ project: Project) throws -> Program {
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return build
    }

    private func gc(_ project: Project, _ arguments: ByteString...) throws -> String {
        let gc = try Program.run(
            Program.built("stacker"), ["gc"] + arguments, currentDirectory: project.path)
        #expect(gc.exitCode == 0 && gc.stdout.isEmpty, "\(gc.stderrText)")
        return gc.stderrText
    }

    private func names(_ project: Project, _ path: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: project.path.appending(path).string))
    }

    @Test func resultsOfOlderVersionsGoAndTheNextBuildStillFindsEverything() throws {
        let project = try CacheTests.project()
        _ = try build(project)
        let (blobs, roots) = try (names(project, ".stacker/blobs/sha256"), names(project, "roots"))
        let text = try String(contentsOfFile: "\(project.path)/stacker.yaml", encoding: .utf8)
        try project.write(
            "stacker.yaml",
            text.replacingOccurrences(of: "echo 1 > /base", with: "head -c 3000000 /dev/urandom > /base"))
        _ = try build(project)
        try project.write("stacker.yaml", text)
        _ = try build(project)
        #expect(try names(project, ".stacker/blobs/sha256").count > blobs.count)
        let said = try gc(project)
        #expect(said.contains(" MB: ") && !said.contains("0 directories"), "\(said)")
        #expect(try names(project, ".stacker/blobs/sha256").count == blobs.count)
        #expect(try names(project, "roots").count == roots.count)
        let before = try project.state()
        #expect(!(try build(project).stderrText.contains("built successfully")))
        #expect(try project.state() == before)
        #expect(try gc(project) == "freed 0 bytes: 0 results, 0 blobs, 0 directories\n")
    }

    @Test func withALimitNothingMoreStaysAndImagesDo() throws {
        let project = try CacheTests.project()
        _ = try build(project)
        let tags = try project.tags().map(\.digest)
        #expect(try gc(project, "--keep-storage", "1G").contains("freed 0 bytes"))
        #expect(!(try build(project).stderrText.contains("built successfully")))
        #expect(!(try gc(project, "--keep-storage=0").contains("freed 0 bytes")))
        #expect(try project.tags().map(\.digest) == tags)
        for layer in try project.layers("app") {
            #expect(FileManager.default.fileExists(atPath: "\(project.path)/\(project.blob(layer))"))
        }
        #expect(try !names(project, "roots").contains { $0.hasPrefix("sha256_") || $0 == "tools" })
        let again = try build(project)
        #expect(again.stderrText.contains("filesystem app built successfully"))
    }

    @Test func whatOthersPutThereStays() throws {
        let project = try CacheTests.project()
        _ = try build(project)
        for name in [
            "roots/mine/letter", ".stacker/blobs/sha256/letter", ".stacker/cache/v1/of-a-later-version",
            "oci/blobs/letter",
        ] {
            try project.write(name, "keep me\n")
        }
        _ = try gc(project, "--keep-storage", "0", "--verify")
        for name in [
            "roots/mine/letter", ".stacker/blobs/sha256/letter", ".stacker/cache/v1/of-a-later-version",
            "oci/blobs/letter",
        ] {
            #expect(FileManager.default.fileExists(atPath: "\(project.path)/\(name)"), "\(name)")
        }
        for name in [".stacker/blobs/sha256/letter", "oci/blobs/letter", "roots/mine/letter"] {
            try FileManager.default.removeItem(atPath: "\(project.path)/\(name)")
        }
    }

    /// A disk that forgets changes no time, so only reading finds it.
    @Test func damagedBlobsAreFoundAndMadeAgain() throws {
        let project = try CacheTests.project()
        _ = try build(project)
        #expect(!(try gc(project, "--verify").contains("damaged")))
        let layer = try #require(try project.layers("app").last)
        let script = """
            f=\(project.blob(layer)); touch -r $f time; printf x | dd of=$f bs=1 seek=50 conv=notrunc 2>/dev/null
            touch -r time $f; rm time
            """
        try #require(try project.run("/bin/sh", "-c", ByteString(script)).exitCode == 0)
        #expect(!(try build(project).stderrText.contains("built successfully")))
        let said = try gc(project, "--verify")
        #expect(said.contains("blob \(layer) is damaged: removed"), "\(said)")
        let again = try build(project)
        #expect(again.stderrText.contains("filesystem app built successfully"), "\(again.stderrText)")
        #expect(try !gc(project, "--verify").contains("damaged"))
    }

    @Test func aBlobOfSomebodyElseIsNamedAndLeft() throws {
        let project = try CacheTests.project()
        _ = try build(project)
        let name = String(repeating: "0", count: 64)
        try project.write("oci/blobs/sha256/\(name)", "what this is not\n")
        let said = try gc(project, "--verify")
        #expect(said.contains("blob sha256:\(name)") && said.contains("left, because another program put it there"))
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/oci/blobs/sha256/\(name)"))
    }

    @Test func leftoversOfAFailedBuildGo() throws {
        let project = try CacheTests.project(
            "app:\n  from: {type: tar, url: base.tar}\n  run: mkdir /left && chown 5:5 /left && false\n")
        #expect(try project.stacker("build").exitCode == 1)
        #expect(try gc(project).contains("1 directories"))
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/roots/app"))
    }

    @Test func whereNothingIsThereNothingIsMade() throws {
        let project = try Project("app:\n  from: {type: scratch}\n")
        #expect(try gc(project) == "nothing is built yet\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: project.path.string) == ["stacker.yaml"])
    }

    @Test(arguments: ["-1", "x", "1X", "99999999999999999999", "20000000T"])
    func aSizeThatIsNoneIsRefused(_ size: String) throws {
        let project = try Project("app:\n  from: {type: scratch}\n")
        let gc = try project.stacker("gc", ByteString("--keep-storage=\(size)"))
        #expect(gc.exitCode == 1 && gc.stderrText.contains("bad size"), "\(gc.stderrText)")
    }

    /// A file system of its own, filled to the last byte.
    @Test(.requiresRoot, arguments: ["gc --keep-storage 0", "clean"])
    func aFullDiskIsEmptied(_ command: String) throws {
        let project = try CacheTests.project()
        let script = """
            mount -t tmpfs -o size=120m none disk && cp -r base.tar stacker.yaml file dir disk && cd disk
            stacker="\(Program.built("stacker"))"
            "$stacker" build >log 2>&1 || exit 10
            cat /dev/zero > filler 2>/dev/null
            : > empty && ! (echo x > empty) 2>/dev/null || exit 11
            "$stacker" \(command) || exit 12
            echo x > empty || exit 13
            rm filler && "$stacker" build && "$stacker" clean
            """
        try FileManager.default.createDirectory(
            atPath: project.path.appending("disk").string, withIntermediateDirectories: false)
        // In a mount namespace, so that nothing stays mounted.
        let run = try project.run("/usr/bin/unshare", "--mount", "/bin/sh", "-c", ByteString(script))
        #expect(run.exitCode == 0, "\(run.stderrText)\(run.stdoutText)")
        #expect(run.stderrText.contains("freed "), "\(run.stderrText)")
    }
}
