import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ImportTests {
    /// What `printf hello` prints.
    private static let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    @Test func modeContentsAndLinksReachTheBuildStep() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              imports:
                - {path: file, mode: 0751, hash: \(Self.hash.uppercased())}
                - path: folder
                  mode: 0640
                - poured/
              run:
                - "[ $(stat -c %a /stacker/imports/file) = 751 ]"
                - "[ $(stat -c %a:%u /stacker/imports/folder/inner/deep) = 640:0 ]"
                - "[ $(stat -c %a /stacker/imports/folder/inner) = 755 ]"
                - "[ $(readlink /stacker/imports/folder/link) = /nowhere ]"
                - "[ $(cat /stacker/imports/one)$(cat /stacker/imports/sub/two) = 12 ]"
            """)
        try project.makeBase()
        try project.write("file", "hello")
        try project.write("folder/inner/deep", "x")
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/folder/link", withDestinationPath: "/nowhere")
        try project.write("poured/one", "1")
        try project.write("poured/sub/two", "2")
        let build = try project.stacker("build", "--require-hash")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
    }

    @Test func whatIsNoLongerImportedIsGone() throws {
        func text(_ name: String, _ test: String) -> String {
            "app:\n  from: {type: tar, url: base.tar}\n  imports: \(name)\n  run: \"\(test)\"\n"
        }
        let project = try Project(text("one", "[ -e /stacker/imports/one ]"))
        try project.makeBase()
        try project.write("one", "1")
        try project.write("two", "2")
        #expect(try project.stacker("build").exitCode == 0)
        try project.write("stacker.yaml", text("two", "[ ! -e /stacker/imports/one ]"))
        let second = try project.stacker("build")
        #expect(second.exitCode == 0, "\(second.stderrText)")
    }

    @Test(arguments: [
        ("{path: file, hash: \(String(repeating: "0", count: 64))}", "is different than the actual hash"),
        ("missing", "no such file or directory"), ("pipe", "is a device, a pipe or a socket"),
        ("special", "cannot import special: pipe is a device, a pipe or a socket"),
        ("file/", "it is no directory"), ("/", "it has no name to import it under"),
        ("{path: link, hash: \(Self.hash)}", "it has a hash, and is a symbolic link"),
        ("[file, other/file]", "two imports are named file"),
    ])
    func anImportThatCannotBeIsAnErrorInWords(_ item: String, _ message: String) throws {
        let list = item.hasPrefix("[") ? item : "[\(item)]"
        let project = try Project("app:\n  from: {type: scratch}\n  imports: \(list)\n")
        try project.write("file", "hello")
        try project.write("other/file", "hello")
        let made = try project.run("/bin/sh", "-c", "mkdir special; mkfifo pipe special/pipe; ln -s file link")
        try #require(made.exitCode == 0)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains(message), "\(build.stderrText)")
        #expect(build.stderrText.contains("cannot build \"app\": cannot import "), "\(build.stderrText)")
    }

    @Test func theProjectItselfIsImportedWithoutWhatBuildsMake() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              imports: [sub/.., ./]
              overlay_dirs: [{source: ., dest: /src}]
              run:
                - "[ -e /stacker/imports/file ] && [ -e /stacker/imports/sub/deep ] && [ -e /src/sub/deep ]"
                - "! ls -d /src/.stacker /src/roots /src/oci /stacker/imports/*/.stacker /stacker/imports/roots"
            """)
        try project.makeBase()
        try project.write("file", "x")
        try project.write("sub/deep", "x")
        for _ in 0..<2 {
            let build = try project.stacker("build")
            try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/.stacker/imports/app")
                .contains(project.path.lastComponent?.string ?? ""))
    }

    @Test func theNetworkNeedsAHashWhereThatIsWanted() throws {
        let project = try Project("app:\n  from: {type: scratch}\n  imports: http://localhost/x\n")
        let build = try project.stacker("build", "--require-hash")
        #expect(build.exitCode == 1 && build.stderrText.contains("the import http://localhost/x has no hash"))
    }

    @Test func holesOfAFileStayHoles() throws {
        let project = try Project("app:\n  from: {type: scratch}\n  imports: sparse\n")
        let made = try project.run(
            "/bin/sh", "-c",
            "printf x | dd of=sparse bs=1 seek=8G 2>/dev/null; printf y | dd of=sparse conv=notrunc 2>/dev/null")
        try #require(made.exitCode == 0, "\(made.stderrText)")
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        let size = try project.run("/usr/bin/stat", "-c", "%s %b", ".stacker/imports/app/sparse").stdoutText
        let numbers = size.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
        #expect(numbers.first == (8 << 30) + 1 && (numbers.last ?? .max) < 1 << 20, "\(size)")
    }
}
