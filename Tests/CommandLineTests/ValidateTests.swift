import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct `stacker validate` {
    private func project(_ text: String) throws -> Project {
        let project = try Project(text)
        let made = try project.run(
            "/bin/sh", "-c", "mkdir dir && echo >file && mkfifo pipe && ln -s nowhere link && echo >base.tar")
        try #require(made.exitCode == 0)
        return project
    }

    private static let good = """
        config: {prerequisites: [sub/low.yaml]}
        a:
          from: {type: tar, url: base.tar}
          imports: [file, dir, dir/, link, .]
          overlay_dirs: [{source: dir, dest: /x}]
          binds: [/tmp, file -> /f]
        b:
          from: {type: built, tag: low}
          imports: stacker://a/x
        """

    @Test func `finds nothing wrong with good files, and writes nothing`() throws {
        let project = try project(Self.good)
        try project.write("sub/low.yaml", "low: {from: {type: scratch}, imports: own}\n")
        try project.write("sub/own", "")
        let before = try FileManager.default.contentsOfDirectory(atPath: project.path.string).sorted()
        let run = try project.stacker("validate")
        #expect(run.exitCode == 0 && run.stdout.isEmpty)
        #expect(run.stderrText == "nothing is wrong with 3 images in 2 files\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: project.path.string).sorted() == before)
    }

    @Test func `reports everything that is not there`() throws {
        let project = try project(
            """
            a:
              from: {type: tar, url: no.tar}
              imports:
              - missing
              - file/
              - pipe
              - {path: link, hash: 0000000000000000000000000000000000000000000000000000000000000000}
              - no/
              overlay_dirs:
              - {source: file, dest: /x}
              - {source: none, dest: /x}
              binds:
              - gone -> /mnt
            b: {from: {type: tar, url: dir}}
            c: {from: {type: oci, url: "nolayout:tag"}}
            d: {from: {type: oci, url: "notag"}}
            e: {from: {type: built, tag: f}}
            """)
        let run = try project.stacker("validate")
        #expect(run.exitCode == 1)
        let lines = run.stderrText.split(separator: "\n").filter { $0.contains(": error: ") }
            .map { $0.dropFirst("\(project.path)/stacker.yaml:".utf8.count) }
        #expect(
            lines.filter { !$0.hasPrefix("15:") } == [
                "17:30: error: couldn't find dependencies for e: base layer f",
                "2:26: error: there is no archive no.tar",
                "4:5: error: cannot import missing: there is no such file or directory",
                "5:5: error: cannot import file/: it is not a directory",
                "6:5: error: cannot import pipe: it is a pipe, a socket or a device",
                "7:12: error: cannot import link: a symbolic link has no hash",
                "8:5: error: cannot import no/: there is no such directory",
                "10:14: error: Given overlay_dir file should be a directory",
                "11:14: error: Given overlay_dir none doesn't exists",
                "13:5: error: gone does not exist, refusing bind mount",
                "14:28: error: dir is a directory, and not an archive",
                "16:28: error: notag is no image of an OCI layout",
            ], "\(run.stderrText)")
        #expect(lines.contains { $0.hasPrefix("15:28: error: ") && $0.contains("nolayout") }, "\(run.stderrText)")
    }

    @Test func `reports all files, also beside those that cannot be read`() throws {
        let project = try project("a: {from: {type: nothing}}\n")
        try project.write("two.yaml", "config: {prerequisites: [stacker.yaml]}\nb: {from: {type: built, tag: a}}\n")
        try project.write("three.yaml", "c: {from: {type: built, tag: nobody}, imports: missing}\n")
        try project.write("four.yaml", "config: {prerequisites: [none.yaml]}\nd: {from: {type: built, tag: x}}\n")
        let run = try project.stacker(
            "validate", "-f", "two.yaml", "-f", "three.yaml", "--stacker-file=four.yaml", "-f", "two.yaml")
        #expect(run.exitCode == 1)
        let lines = run.stderrText.split(separator: "\n").filter { $0.contains(": error: ") }
            .map { $0.dropFirst(project.path.string.utf8.count + 1) }
        #expect(
            Set(lines) == [
                "stacker.yaml:1:18: error: unknown layer type: nothing",
                "four.yaml:1:26: error: couldn't find prerequisite none.yaml: there is no \(project.path)/none.yaml",
                "three.yaml:1:30: error: couldn't find dependencies for c: base layer nobody",
                "three.yaml:1:48: error: cannot import missing: there is no such file or directory",
            ], "\(run.stderrText)")
    }

    @Test func `takes substitutions, and standard input`() throws {
        let project = try project("")
        let text = "a: {from: {type: scratch}, imports: '${{NAME}}'}\n"
        func validate(_ name: ByteString) throws -> Program {
            try Program.run(
                Program.built("stacker"), ["validate", "-f", "-", "--substitute", name], currentDirectory: project.path,
                stdin: ByteString(text))
        }
        #expect(try validate("NAME=file").exitCode == 0)
        let run = try validate("NAME=other")
        #expect(run.exitCode == 1 && run.stderrText.hasPrefix("-:1:"), "\(run.stderrText)")
    }

    @Test func `says that there is no file`() throws {
        let project = try project("")
        let run = try project.stacker("validate")
        #expect(run.exitCode == 1 && run.stderrText.hasPrefix("error: cannot read the stacker file: "))
    }
}
