import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct GrabTests {
    private static func built() throws -> Project {
        let project = try Project(
            """
            base:
              from: {type: tar, url: base.tar}
              run:
                - mkdir -p -m 700 /data/sub && echo one > /data/one && echo two > /data/sub/two
                - chown -R 33:34 /data && chmod 6751 /data/one && ln -s /data/one /link && ln -s one /data/inner
                - mkfifo /pipe && ln -s /etc/../../../../../../../..\(Checkout.path) /out
            tools:
              from: {type: built, tag: base}
              build_only: true
              overlay_dirs: [{source: tree, dest: /added}]
              run: echo tool > /tool && rm /data/sub/two
            """)
        try project.makeBase()
        try project.write("tree/file", "added")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return project
    }

    private func names(_ project: Project) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: project.path.string))
    }

    @Test func copiesFilesAndDirectoriesToWhoeverAsks() throws {
        let project = try Self.built()
        let before = try names(project)
        let grab = try project.stacker("grab", "base:/data/", "base:link", "tools:/tool", "tools:/added/file")
        try #require(grab.exitCode == 0, "\(grab.stderrText)")
        #expect(grab.stdoutText.isEmpty)
        #expect(try names(project).subtracting(before) == ["data", "link", "tool", "file"])
        let list = try project.run(
            "/bin/sh", "-c",
            "stat -c '%n %a %u %F' data data/one data/sub data/sub/two data/inner link; cat link tool file")
        let user = getuid()
        #expect(
            list.stdoutText == """
                data 755 \(user) directory
                data/one 751 \(user) regular file
                data/sub 700 \(user) directory
                data/sub/two 644 \(user) regular file
                data/inner 777 \(user) symbolic link
                link 751 \(user) regular file
                one
                tool
                added
                """, "\(list.stdoutText)\(list.stderrText)")
        let stacker = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/.stacker/imports-copy")
        #expect(stacker.isEmpty)
    }

    @Test func leavesWhatIsThereUnlessItIsAFile() throws {
        let project = try Self.built()
        try project.write("out/one", "old")
        #expect(try project.stacker("grab", "base:/data/one", "out").exitCode == 0)
        #expect(try String(contentsOfFile: "\(project.path)/out/one", encoding: .utf8) == "one\n")
        try project.write("canary", "untouched")
        try FileManager.default.removeItem(atPath: "\(project.path)/out/one")
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/out/one", withDestinationPath: "../canary")
        try project.write("out/sub/mine", "mine")
        for path in ["base:/data/one", "base:/data/sub"] as [ByteString] {
            let grab = try project.stacker("grab", "base:/etc/passwd", path, "out")
            #expect(
                grab.exitCode == 1 && grab.stderrText.contains("is there already, and no file"), "\(grab.stderrText)")
        }
        #expect(try String(contentsOfFile: "\(project.path)/canary", encoding: .utf8) == "untouched")
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: "\(project.path)/out")) == ["one", "sub"])
    }

    @Test func worksAcrossFileSystems() throws {
        let project = try Self.built()
        let other = FilePath("/dev/shm/\(project.path.lastComponent?.string ?? "grab")")
        try FileManager.default.createDirectory(atPath: other.string, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: other.string) }
        let grab = try project.stacker("grab", "base:/data/sub", "base:/tool", ByteString(other.string))
        #expect(grab.exitCode == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: other.string).isEmpty)
        let second = try project.stacker("grab", "base:/data/sub", "tools:/tool", ByteString(other.string))
        #expect(second.exitCode == 0, "\(second.stderrText)")
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: other.string)) == ["sub", "tool"])
    }

    @Test(arguments: [
        ("base:/nothing", "cannot grab base:/nothing: there is no /nothing in it"),
        ("base:/pipe", "is a device, a pipe or a socket"), ("nobody:/x", "\"nobody\" is not built yet"),
        ("base:/out/Package.swift", "there is no /out/Package.swift in it"), ("base", "invalid grab argument: base"),
        ("base:/../../../../../../etc/hostname", "there is no"),
    ])
    func whatCannotBeGrabbedIsAnErrorInWords(_ argument: String, _ message: String) throws {
        let project = try Self.built()
        let before = try names(project)
        let grab = try project.stacker("grab", ByteString(argument))
        #expect(grab.exitCode == 1)
        #expect(grab.stderrText.contains(message), "\(grab.stderrText)")
        #expect(try names(project) == before)
    }

    @Test func beforeABuildThereIsNothing() throws {
        let project = try Project()
        let grab = try project.stacker("grab", "base:/x")
        #expect(grab.exitCode == 1 && grab.stderrText.contains("nothing is built yet"), "\(grab.stderrText)")
        #expect(try names(project).isEmpty)
    }
}
