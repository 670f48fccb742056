import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a build takes over from earlier ones, and what it says when it does not.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct CacheTests {
    static let recipe = """
        base:
          from: {type: tar, url: base.tar}
          run: echo base && echo 1 > /base
        tools:
          from: {type: built, tag: base}
          build_only: true
          imports: [file]
          run: echo tools && cp /stacker/imports/file /tool
        app:
          from: {type: built, tag: tools}
          imports: [dir]
          labels: {kind: first}
          run: echo app && cp -r /stacker/imports/dir /
        other:
          from: {type: scratch}
        """

    static func project(_ recipe: String = recipe) throws -> Project {
        let project = try Project(recipe)
        try project.makeBase()
        try project.write("file", "one\n")
        try project.write("dir/sub/a", "a\n")
        return project
    }

    @discardableResult
    func build(_ project: Project, _ arguments: ByteString..., environment: [ByteString] = []) throws -> Program {
        let build = try Program.run(
            Program.built("stacker"), ["build"] + arguments, environment: Program.defaultEnvironment + environment,
            currentDirectory: project.path)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return build
    }

    /// What steps printed, without the lines in which the shell says what it runs.
    private func ran(_ build: Program) -> [String] {
        build.stdoutText.split(separator: "\n").filter { !$0.hasPrefix("+") }.map(String.init)
    }

    private func lines(_ build: Program, beginning start: String) -> [String] {
        build.stderrText.split(separator: "\n").filter { $0.hasPrefix(start) }.map(String.init)
    }

    private func edit(_ project: Project, _ old: String, _ new: String, in file: String = "stacker.yaml") throws {
        let text = try String(contentsOfFile: project.path.appending(file).string, encoding: .utf8)
        try #require(text.contains(old))
        try project.write(file, text.replacingOccurrences(of: old, with: new))
    }

    @Test(arguments: [[], ["SOURCE_DATE_EPOCH=1700000000"]] as [[ByteString]])
    func aSecondBuildFindsEverythingAndWritesNothing(_ environment: [ByteString]) throws {
        let project = try Self.project()
        let first = try build(project, environment: environment)
        #expect(ran(first) == ["base", "tools", "app"] && !first.stderrText.contains("cache"))
        let before = try project.state()
        let second = try build(project, environment: environment)
        #expect(ran(second).isEmpty)
        #expect(
            lines(second, beginning: "found") == ["base", "tools", "app", "other"].map { "found cached layer \($0)" })
        #expect(!second.stderrText.contains("built successfully"))
        #expect(try project.state() == before)
    }

    /// What is not there cannot be started: a build that finds everything needs neither helper nor namespace.
    @Test func aBuildThatFindsEverythingStartsNothing() throws {
        let project = try Self.project()
        try build(project)
        let traced = try Program.run(
            "/usr/bin/strace",
            ["-f", "-o", "trace", "-e", "trace=execve,unshare,setns,clone", "--"]
                + [ByteString(Program.built("stacker").string), "build"], currentDirectory: project.path)
        try #require(traced.exitCode == 0, "\(traced.stderrText)")
        let trace = try String(contentsOfFile: project.path.appending("trace").string, encoding: .utf8)
        #expect(trace.components(separatedBy: "execve(").count == 2, "\(trace)")
        #expect(!trace.contains("unshare(") && !trace.contains("setns("), "\(trace)")
    }

    @Test func aChangedLabelRunsNothing() throws {
        let project = try Self.project()
        try build(project)
        let layers = try project.layers("app")
        try edit(project, "kind: first", "kind: second")
        let second = try build(project)
        #expect(ran(second).isEmpty && second.stderrText.contains("filesystem app built successfully"))
        #expect(
            lines(second, beginning: "found cached layer")
                == ["base", "tools", "other"].map { "found cached layer \($0)" })
        let labels = try project.configuration("app")["config"] as? [String: Any]
        #expect(labels?["Labels"] as? [String: String] == ["kind": "second"])
        #expect(try project.layers("app") == layers)
        #expect(try project.tags().map(\.name) == ["base", "app", "other"])
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (Project) throws -> Void
        var environment: [ByteString] = []
        let reasons: [String]
        let ran: [String]
    }

    private static func write(_ name: String, _ text: String) -> @Sendable (Project) throws -> Void {
        { try $0.write(name, text) }
    }

    private static func recipe(_ old: String, _ new: String) -> @Sendable (Project) throws -> Void {
        { try $0.write("stacker.yaml", recipe.replacingOccurrences(of: old, with: new)) }
    }

    static let changes = [
        Change(
            testDescription: "run", change: recipe("echo app", "echo App"),
            reasons: ["layer definition was changed"], ran: ["App"]),
        Change(
            testDescription: "run of the base", change: recipe("echo 1 > /base", "echo 2 > /base"),
            reasons: ["layer definition was changed", "base layer was changed", "base layer was changed"],
            ran: ["base", "tools", "app"]),
        Change(
            testDescription: "a file", change: write("file", "two\n"),
            reasons: ["import content changed: file", "base layer was changed"], ran: ["tools", "app"]),
        Change(
            testDescription: "a file in a directory", change: write("dir/sub/a", "b\n"),
            reasons: ["import dir content changed: dir"], ran: ["app"]),
        Change(
            testDescription: "a new import", change: recipe("[dir]", "[dir, file]"),
            reasons: ["of new import: file"], ran: ["app"]),
        Change(
            testDescription: "a file instead of a directory",
            change: { project in
                try FileManager.default.removeItem(atPath: project.path.appending("dir").string)
                try project.write("dir", "")
            }, reasons: ["import type changed: dir"], ran: ["app"]),
        Change(
            testDescription: "the archive",
            change: { project in
                try project.write("more/file", "more\n")
                let more = try project.run("/usr/bin/tar", "-rf", "base.tar", "-C", "more", "file")
                try #require(more.exitCode == 0, "\(more.stderrText)")
            },
            reasons: Array(repeating: "base layer was changed", count: 3), ran: ["base", "tools", "app"]),
        Change(
            testDescription: "the epoch", change: { _ in }, environment: ["SOURCE_DATE_EPOCH=1700000000"],
            reasons: [
                "SOURCE_DATE_EPOCH changed", "base layer was changed", "base layer was changed",
                "SOURCE_DATE_EPOCH changed",
            ], ran: ["base", "tools", "app"]),
    ]

    @Test(arguments: changes) func theReasonIsSaidWhereSomethingIsMadeAgain(_ change: Change) throws {
        let project = try Self.project()
        try build(project, "--jobs", "1")
        try change.change(project)
        let second = try build(project, "--jobs", "1", environment: change.environment)
        let said = lines(second, beginning: "cache miss because ").map { $0.dropFirst("cache miss because ".count) }
        #expect(said.map(String.init) == change.reasons, "\(second.stderrText)")
        #expect(ran(second) == change.ran)
        let third = try build(project, environment: change.environment)
        #expect(ran(third).isEmpty, "\(third.stderrText)")
    }

    @Test func resultsOfEveryVersionAreKept() throws {
        let project = try Self.project(Self.recipe.replacingOccurrences(of: "  build_only: true\n", with: ""))
        try build(project)
        let first = try project.tags().map(\.digest)
        try edit(project, "one", "two", in: "file")
        try build(project)
        #expect(try project.tags().map(\.digest) != first)
        try edit(project, "two", "one", in: "file")
        let back = try build(project)
        #expect(ran(back).isEmpty, "\(back.stderrText)")
        #expect(try project.tags().map(\.digest) == first)
    }

    @Test func withoutTheCacheEverythingIsMadeAgainAndKept() throws {
        let project = try Self.project()
        try build(project)
        #expect(ran(try build(project, "--no-cache")) == ["base", "tools", "app"])
        #expect(ran(try build(project)).isEmpty)
    }

    /// With an epoch an image found is the image that a build from nothing would make, whatever was done before.
    @Test func whatIsFoundIsWhatWouldBeMade() throws {
        let epoch: ByteString = "SOURCE_DATE_EPOCH=1700000000"
        let project = try Self.project()
        try build(project, environment: [epoch])
        try edit(project, "{kind: first}", "{kind: second}   # and a remark")
        try edit(project, "one", "two", in: "file")
        try build(project, environment: [epoch])
        let clean = try Self.project()
        try edit(clean, "{kind: first}", "{kind: second}   # and a remark")
        try edit(clean, "one", "two", in: "file")
        try build(clean, environment: [epoch])
        #expect(try project.tags().map(\.digest) == clean.tags().map(\.digest))
    }

    @Test func withBindsItIsMadeAgainAndSaysSo() throws {
        let project = try Self.project(
            """
            app:
              from: {type: tar, url: base.tar}
              binds: ["dir -> /dir"]
              run: echo bound && cp /dir/sub/a /a
            """)
        try build(project)
        let second = try build(project)
        #expect(ran(second) == ["bound"])
        #expect(second.stderrText.contains("rebuilding cached layer due to use of binds in stacker file"))
        // What was made with a bind is not what is made without.
        try edit(project, "cp /dir/sub/a /a", "true")
        try build(project)
        try edit(project, "  binds: [\"dir -> /dir\"]\n", "")
        #expect(ran(try build(project)) == ["bound"])
    }

    @Test func aVariableThatPassesThroughCountsAndAProxyDoesNot() throws {
        let project = try Self.project(
            """
            app:
              from: {type: tar, url: base.tar}
              build_env: {OWN: "1"}
              build_env_passthrough: [ASKED]
              run: echo $ASKED$OWN
            """)
        try build(project, environment: ["ASKED=a"])
        #expect(ran(try build(project, environment: ["ASKED=a", "OTHER=b", "http_proxy=c", "TERM=d"])).isEmpty)
        #expect(ran(try build(project, environment: ["ASKED=b"])) == ["b1"])
        try edit(project, "\"1\"", "\"2\"")
        #expect(ran(try build(project, environment: ["ASKED=b"])) == ["b2"])
    }

    @Test func aFailedBuildKeepsWhatWasFinished() throws {
        let project = try Self.project(Self.recipe.replacingOccurrences(of: "echo app &&", with: "false &&"))
        let failed = try project.stacker("build")
        #expect(failed.exitCode == 1)
        try project.write("stacker.yaml", Self.recipe)
        #expect(ran(try build(project)) == ["app"])
    }

    /// Entering the namespace only for that tries the host first, which puts something aside itself.
    @Test func whatAKilledBuildLeftIsRemovedByABuildThatFindsEverything() throws {
        let project = try Self.project()
        try build(project)
        let left = try project.run(
            "/bin/sh", "-c", "mkdir -p roots/.tmp.left/overlay/full && touch roots/.tmp.left/file")
        #expect(left.exitCode == 0)
        #expect(try build(project).stderrText.contains("found cached layer app"))
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots")
        #expect(!names.contains { $0.hasPrefix(".tmp.") }, "\(names)")
    }
}
