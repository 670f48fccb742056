import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Directories are imported without what their .stackerignore, or the import, leaves out.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ExcludedImportTests {
    private func project(_ imports: String, run: String = "find . >/seen") throws -> Project {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  imports:\n\(imports)\n  run: cd /stacker/imports; \(run)\n")
        try project.makeBase()
        for name in ["a.c", "a.o", "keep.o", "sub/b.o", "sub/b.c", "build/x", "sub/build"] {
            try project.write("dir/\(name)", name)
        }
        return project
    }

    private func seen(_ project: Project) throws -> [String] {
        let text = try project.run("/bin/sh", "-c", "cat roots/sha256_*/overlay/seen").stdoutText
        return text.split(separator: "\n").map(String.init).filter { $0 != "." && !$0.hasSuffix(".stacker-run.sh") }
            .sorted()
    }

    private func build(_ project: Project) throws -> Program {
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return build
    }

    @Test func whatIsLeftOutIsNotSeenAndDoesNotCount() throws {
        let project = try project("    - {path: dir, exclude: ['*.o', '!keep.o', build/]}")
        _ = try build(project)
        #expect(
            try seen(project) == [
                "./dir", "./dir/a.c", "./dir/keep.o", "./dir/sub", "./dir/sub/b.c", "./dir/sub/build",
            ])
        try project.write("dir/new.o", "changed")
        try project.write("dir/build/x", "changed")
        #expect(try build(project).stdout.isEmpty)
        try project.write("dir/keep.o", "changed")
        #expect(try build(project).stderrText.contains("cache miss because import dir content changed: dir"))
    }

    @Test func theFileInTheDirectorySaysItTooAndTheImportHasTheLastWord() throws {
        let project = try project("    - {path: dir/, exclude: ['!a.o']}")
        try project.write("dir/.stackerignore", "# no objects\n*.o\n/sub/\n")
        _ = try build(project)
        #expect(try seen(project) == ["./a.c", "./a.o", "./build", "./build/x"])
        // What another copy has left goes.
        try project.write("dir/.stackerignore", "*.o\n/build\n")
        _ = try build(project)
        #expect(
            try project.run("/bin/sh", "-c", "cd .stacker/imports/app && find . | LC_ALL=C sort | tr '\\n' ' '")
                .stdoutText
                == ". ./.stacker-run.sh ./a.c ./a.o ./sub ./sub/b.c ./sub/build ")
    }

    @Test func aLayerIsMadeWithoutIt() throws {
        let project = try project(
            "    - {path: dir, dest: /opt, exclude: [sub, '*.o']}\n    - {path: dir/, dest: /all/}")
        _ = try build(project)
        let layers = try project.layers("app")
        let first = try project.members(layers[1]).keys.sorted().filter { $0.contains("opt") }
        #expect(first == ["opt/", "opt/a.c", "opt/build/", "opt/build/x"], "\(first)")
        let second = try project.members(layers[2]).keys.filter { $0.contains("all/sub/b.o") }
        #expect(second.count == 1)
    }

    @Test(
        arguments: [
            ("{path: dir/a.c, exclude: [x]}", nil, "it has 'exclude', and is no directory"),
            ("dir", "ok\n[x\n", "dir/.stackerignore:2: a '[' is not closed in the pattern"),
        ] as [(String, String?, String)])
    func whatCannotBeIsAnError(_ item: String, _ file: String?, _ message: String) throws {
        let project = try project("    - \(item)")
        if let file { try project.write("dir/.stackerignore", file) }
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains(message), "\(build.stderrText)")
    }

    @Test func aDirectoryNamedLikeTheFileIsAnError() throws {
        let project = try project("    - dir")
        try project.write("dir/.stackerignore/x", "")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("dir/.stackerignore is no file"), "\(build.stderrText)")
    }
}
