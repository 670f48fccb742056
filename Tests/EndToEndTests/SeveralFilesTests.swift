import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Images that are described in several files.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct SeveralFilesTests {
    /// A base in one directory, tools in a second one, and an application in a third.
    private func project() throws -> Project {
        let project = try Project(
            """
            config:
              prerequisites:
                - tools/stacker.yaml
                - base/stacker.yaml
            app:
              from: {type: built, tag: base}
              imports: [stacker://tools/tool, note]
              overlay_dirs: [{source: tree, dest: /srv}]
              run: "[ $(cat /stacker/imports/tool) = tool ] && [ $(cat /stacker/imports/note) = top ] && [ -e /srv/top ]"
            """)
        try project.makeBase()
        try project.write("note", "top\n")
        try project.write("tree/top", "")
        try project.write(
            "base/stacker.yaml",
            """
            base:
              from: {type: tar, url: base.tar}
              imports: note
              overlay_dirs: [{source: tree, dest: /opt}]
              binds: [tree -> /mnt]
              run: "[ $(cat /stacker/imports/note) = base ] && [ -e /opt/base ] && [ -e /mnt/base ]"
            """)
        try project.write("base/note", "base\n")
        try project.write("base/tree/base", "")
        try project.write(
            "tools/stacker.yaml",
            """
            config: {prerequisites: [../base/stacker.yaml]}
            tools:
              from: {type: built, tag: base}
              build_only: true
              imports: note
              run: "[ $(cat /stacker/imports/note) = tools ] && echo tool > /tool"
            """)
        try project.write("tools/note", "tools\n")
        return project
    }

    private static let names = ["base", "tools", "app"]

    @Test(arguments: ["--jobs=1", "--jobs=4"])
    func areBuiltInOneGo(_ jobs: ByteString) throws {
        let project = try project()
        let build = try project.stacker("build", jobs)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let built = build.stderrText.split(separator: "\n").filter { $0.hasSuffix(" built successfully") }
        #expect(built == Self.names.map { "filesystem \($0) built successfully" })
        #expect(try project.tags().map(\.name) == ["base", "app"])
        // Of each image the text is that of its own file.
        for (name, file) in [("base", "base/stacker.yaml"), ("app", "stacker.yaml")] {
            let annotations = try project.manifest(name)["annotations"] as? [String: String]
            let text = try String(contentsOfFile: "\(project.path)/\(file)", encoding: .utf8)
            #expect(annotations?["io.stackeroci.stacker.stacker_yaml"] == text)
        }
    }

    @Test func areFoundAgain() throws {
        let project = try project()
        try project.write(
            "base/stacker.yaml",
            try String(contentsOfFile: "\(project.path)/base/stacker.yaml", encoding: .utf8)
                .replacingOccurrences(of: "  binds: [tree -> /mnt]\n", with: "")
                .replacingOccurrences(of: " && [ -e /mnt/base ]", with: ""))
        try #require(try project.stacker("build").exitCode == 0)
        let again = try project.stacker("build")
        let found = again.stderrText.split(separator: "\n").filter { $0.hasPrefix("found cached layer ") }
        #expect(found == Self.names.map { "found cached layer \($0)" }, "\(again.stderrText)")
        // What lies beside the other file is another file of the same name.
        try project.write("tools/note", "tools \n")
        let changed = try project.stacker("build")
        #expect(changed.exitCode == 0)
        #expect(changed.stderrText.contains("found cached layer base\n"))
        #expect(!changed.stderrText.contains("found cached layer tools\n"))
    }

    @Test func canBeBuiltInPart() throws {
        let project = try project()
        let build = try project.stacker("build", "tools")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(!build.stderrText.contains("preparing image app..."))
        #expect(try project.tags().map(\.name) == ["base"])
    }

    @Test func canBeEnteredAndTakenFrom() throws {
        let project = try project()
        try #require(try project.stacker("build").exitCode == 0)
        let visit = try project.stacker("chroot", "base", "cat", "/mnt/base", "/stacker/imports/note")
        #expect(visit.exitCode == 0 && visit.stdoutText == "base\n", "\(visit.stderrText)")
        let first = try project.stacker("chroot")
        #expect(first.exitCode == 0, "\(first.stderrText)")
        // An image that is only for building stands on one of another file.
        let grab = try project.stacker("grab", "tools:/tool")
        #expect(grab.exitCode == 0, "\(grab.stderrText)")
        #expect(try String(contentsOfFile: "\(project.path)/tool", encoding: .utf8) == "tool\n")
        let other = try project.stacker("chroot", "-f", "tools/stacker.yaml", "app", "true")
        #expect(other.stderrText.contains("no layer app in stackerfile"), "\(other.stderrText)")
    }

    @Test func failWithTheNameOfTheFile() throws {
        let project = try project()
        try project.write(
            "tools/stacker.yaml",
            """
            config: {prerequisites: [../base/stacker.yaml]}
            tools: {from: {type: built, tag: base}, run: "false"}
            """)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains("for image \"tools\" in \"\(project.path)/tools/stacker.yaml\""),
            "\(build.stderrText)")
    }

    @Test func fromStandardInputStartAtTheWorkingDirectory() throws {
        let project = try project()
        let text = try String(contentsOfFile: "\(project.path)/stacker.yaml", encoding: .utf8)
        try FileManager.default.removeItem(atPath: "\(project.path)/stacker.yaml")
        func stacker(_ arguments: ByteString...) throws -> Program {
            try Program.run(
                Program.built("stacker"), arguments, currentDirectory: project.path, stdin: ByteString(text))
        }
        let build = try stacker("build", "-f", "-")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let visit = try stacker("chroot", "-f", "-", "app", "cat", "/stacker/imports/note")
        #expect(visit.exitCode == 0 && visit.stdoutText == "top\n", "\(visit.stderrText)")
        let grab = try stacker("grab", "-f", "-", "tools:/tool")
        #expect(grab.exitCode == 0, "\(grab.stderrText)")
        let order = try stacker("build", "-f", "-", "--order-only")
        let base = "\(project.path)/base/stacker.yaml"
        #expect(
            order.stdoutText == """
                stacker build order:
                0 build \(base): requires: []
                1 build \(project.path)/tools/stacker.yaml: requires: [\(base)]
                2 build -: requires: [\(project.path)/tools/stacker.yaml \(base)]

                """)
    }
}

/// `stacker recursive-build`.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct RecursiveBuildTests {
    private func project() throws -> Project {
        let project = try Project()
        try project.makeBase()
        try project.write(
            "files/sub1/stacker.yaml",
            "one: {from: {type: tar, url: base.tar}, imports: f, run: grep -q 1 /stacker/imports/f}")
        try project.write("files/sub1/f", "1")
        try project.write(
            "files/sub2/stacker.yaml",
            "config: {prerequisites: [../sub1/stacker.yaml]}\ntwo: {from: {type: built, tag: one}}")
        try project.write(
            "files/sub3/stacker.yaml",
            """
            config: {prerequisites: [../sub1/stacker.yaml, ../sub2/stacker.yaml]}
            three: {from: {type: built, tag: two}, imports: f, run: grep -q 3 /stacker/imports/f}
            """)
        try project.write("files/sub3/f", "3")
        try project.write("files/other.yaml", "other: {from: {type: tar, url: base.tar}}")
        return project
    }

    @Test func buildsAllFilesOfATree() throws {
        let project = try project()
        let build = try project.stacker("recursive-build", "-d", "files")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try project.tags().map(\.name) == ["one", "two", "three"])
        // Beside the trees that it made itself, which it does not look into.
        let again = try project.stacker("recursive-build", "--jobs", "1", "two")
        #expect(again.exitCode == 0)
        let found = again.stderrText.split(separator: "\n").filter { $0.hasPrefix("found cached layer ") }
        #expect(found == ["found cached layer one", "found cached layer two"], "\(again.stderrText)")
        let chosen = try project.stacker(
            "recursive-build", "--search-dir=.", "--stacker-file-pattern=sub1.*yaml$|other")
        #expect(chosen.exitCode == 0, "\(chosen.stderrText)")
        #expect(Set(try project.tags().map(\.name)) == ["one", "two", "three", "other"])
    }

    @Test func printsTheOrderOfTheFiles() throws {
        let project = try project()
        let here = "\(project.path)/files"
        let expected = """
            stacker build order:
            0 build \(here)/sub1/stacker.yaml: requires: []
            1 build \(here)/sub2/stacker.yaml: requires: [\(here)/sub1/stacker.yaml]
            2 build \(here)/sub3/stacker.yaml: requires: [\(here)/sub1/stacker.yaml \(here)/sub2/stacker.yaml]

            """
        #expect(try project.stacker("recursive-build", "-d", "files", "--order-only").stdoutText == expected)
        // One file brings along all it needs.
        #expect(try project.stacker("build", "-f", "files/sub3/stacker.yaml", "--order-only").stdoutText == expected)
        #expect(try !FileManager.default.contentsOfDirectory(atPath: project.path.string).contains("roots"))
    }

    @Test(
        arguments: [
            (["-d", "nowhere"], "error: cannot look for stacker files below nowhere: open "),
            (["-d", "base.tar"], "error: cannot look for stacker files below base.tar: open "),
            (["-p", "("], "error: invalid --stacker-file-pattern \"(\": "),
            (["-p", "none"], "error: no file below "),
        ] as [([ByteString], String)])
    func saysWhatItCannotFind(_ arguments: [ByteString], _ message: String) throws {
        let project = try project()
        let build = try Program.run(
            Program.built("stacker"), ["recursive-build"] + arguments, currentDirectory: project.path)
        #expect(build.exitCode == 1 && build.stderrText.hasPrefix(message), "\(build.stderrText)")
    }

    @Test func refusesOneNameInTwoFiles() throws {
        let project = try project()
        try project.write("files/sub4/stacker.yaml", "\none: {from: {type: scratch}}")
        let build = try project.stacker("recursive-build", "-d", "files")
        let (first, second) = ("\(project.path)/files/sub1/stacker.yaml", "\(project.path)/files/sub4/stacker.yaml")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains("duplicate layer name: both \(second):2 and \(first):1 have one\n"),
            "\(build.stderrText)")
        #expect(try !FileManager.default.contentsOfDirectory(atPath: project.path.string).contains("oci"))
    }
}
