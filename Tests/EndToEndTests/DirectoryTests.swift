import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Where a build keeps its things, and what it finds there.
@Suite(.requiresSubordinateIds)
struct DirectoryTests {
    private static let text = "app:\n  from: {type: scratch}\n"

    /// Flag, then configuration file, then work directory, then the default.
    @Test(
        arguments: [
            ("", [], ".stacker oci roots"),
            ("", ["--work-dir", "w"], "w/.stacker w/oci w/roots"),
            ("work_dir: v", [], "v/.stacker v/oci v/roots"),
            ("work_dir: v", ["--work-dir", "w"], "w/.stacker w/oci w/roots"),
            ("work_dir: v", ["--work-dir="], "v/.stacker v/oci v/roots"),
            ("oci_dir: o", ["--work-dir", "w"], "w/.stacker o w/roots"),
            (
                "stacker_dir: s\noci_dir: o\nrootfs_dir: r\nunknown: [1]", ["-oci-dir=p", "-roots-dir", "q"], "s p q"
            ),
        ] as [(String, [ByteString], String)])
    func directoriesAreThoseOfTheFlagElseOfTheFileElseBelowTheWorkDirectory(
        configuration: String, flags: [ByteString], directories: String
    ) throws {
        let project = try Project(Self.text)
        try project.write("configuration", configuration + "\n")
        let stacker = Program.built("stacker")
        let global = ["--config", "configuration"] + flags
        let build = try Program.run(stacker, global + ["build"], currentDirectory: project.path)
        try #require(build.exitCode == 0, "\(build.stderrText)")
        defer { _ = try? Program.run(stacker, global + ["clean"], currentDirectory: project.path) }
        let files = ["storage.type", "index.json", ".lock"]
        for (directory, file) in zip(directories.split(separator: " "), files) {
            #expect(FileManager.default.fileExists(atPath: "\(project.path)/\(directory)/\(file)"), "\(directory)")
        }
    }

    @Test func theStorageTypeIsOnRecordAndWrittenOnce() throws {
        let project = try Project(Self.text)
        #expect(try project.stacker("build").exitCode == 0)
        let first = try project.run("/usr/bin/stat", "-c", "%y", ".stacker/storage.type").stdout
        #expect(try project.run("/bin/cat", ".stacker/storage.type").stdout == "overlay")
        #expect(try project.stacker("build").exitCode == 0)
        #expect(try project.run("/usr/bin/stat", "-c", "%y", ".stacker/storage.type").stdout == first)
        #expect(try project.stacker("clean").exitCode == 0)
        #expect(try project.run("/bin/ls", "-A").stdout == "stacker.yaml\n")
    }

    @Test(arguments: ["printf btrfs >.stacker/storage.type", "touch .stacker/btrfs.loop"])
    func anotherStorageIsNotMixedWithOverlays(prepare: String) throws {
        let project = try Project(Self.text)
        _ = try project.run("/bin/sh", "-c", ByteString("mkdir -m 700 .stacker && \(prepare)"))
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains("previous storage type btrfs not compatible with requested storage overlay"),
            "\(build.stderrText)")
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/oci"))
    }

    @Test func theRecordOfTheStorageTypeIsNoLinkToSomethingElse() throws {
        let project = try Project(Self.text)
        let script = "mkdir -m 700 .stacker && printf precious >file && ln -s ../file .stacker/storage.type"
        _ = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(try project.stacker("build").exitCode == 1)
        #expect(try project.run("/bin/cat", "file").stdout == "precious")
    }

    @Test func aRecordThatAKillLeftEmptyIsWrittenAgain() throws {
        let project = try Project(Self.text)
        _ = try project.run("/bin/sh", "-c", "mkdir -m 700 .stacker && : >.stacker/storage.type")
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(try project.run("/bin/cat", ".stacker/storage.type").stdout == "overlay")
    }

    /// Root may write wherever a mode forbids it.
    @Test(
        .requiresUser,
        arguments: [
            ("mkdir -m 700 roots .stacker; chmod 500 .", "open oci-dir"),
            ("mkdir roots; chmod 500 roots", "couldn't acquire lock on"),
            ("mkdir .stacker; chmod 0 .stacker", "Permission denied"),
        ])
    func aDirectoryThatMayNotBeWrittenIsNamedWithWhatToDo(prepare: String, message: String) throws {
        let project = try Project(Self.text)
        #expect(try project.run("/bin/sh", "-c", ByteString(prepare)).exitCode == 0)
        defer { _ = try? project.run("/bin/sh", "-c", "chmod 700 . roots .stacker") }
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains(message), "\(build.stderrText)")
        #expect(build.stderrText.contains("\n  hint: give yourself access to it"), "\(build.stderrText)")
    }

    @Test func aQuietBuildSaysNothingButErrors() throws {
        let project = try Project(Self.text)
        let build = try project.stacker("-q", "build")
        #expect(build.exitCode == 0)
        #expect(build.stderr.isEmpty && build.stdout.isEmpty, "\(build.stderrText)")
        let missing = try project.stacker("--quiet", "build", "-f", "missing.yaml")
        #expect(missing.exitCode == 1)
        #expect(missing.stderrText.hasPrefix("error: "))
    }

    @Test func theLogGoesToItsFileAndErrorsToStandardError() throws {
        let project = try Project(Self.text)
        let build = try project.stacker("--log-file", "log", "--log-timestamp=true", "build")
        #expect(build.exitCode == 0)
        #expect(build.stderr.isEmpty && build.stdout.isEmpty, "\(build.stderrText)")
        let lines = try project.run("/bin/cat", "log").stdoutText.split(separator: "\n")
        #expect(
            lines.allSatisfy { $0.prefixMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z [A-Za-z]/) != nil }, "\(lines)"
        )
        #expect(lines.last?.hasSuffix("Z filesystem app built successfully") == true)
        let failed = try project.stacker("--log-file", "log", "build", "-f", "missing.yaml")
        #expect(failed.exitCode == 1)
        #expect(failed.stderrText.hasPrefix("error: "))
        #expect(try project.run("/bin/cat", "log").stdout.isEmpty)
    }
}
