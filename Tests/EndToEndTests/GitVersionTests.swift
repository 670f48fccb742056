import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The annotation that says which version of a project an image was built from.
@Suite(.requiresSubordinateIds, .requiresTool("git"))
struct GitVersionTests {
    private static let recipe = "app:\n  from: {type: scratch}\n"

    /// A git tree with one commit, then `script`.
    private func project(_ script: String) throws -> Project {
        let project = try Project(Self.recipe)
        let made = try project.run(
            "/bin/sh", "-c",
            ByteString(
                """
                set -e; export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
                git init -q .; git config user.email a@b; git config user.name n; echo one > tracked
                git add stacker.yaml tracked; git commit -qm first
                \(script)
                """))
        try #require(made.exitCode == 0, "\(made.stderrText)")
        return project
    }

    private func version(_ project: Project, _ arguments: ByteString...) throws -> String? {
        let build = try Program.run(
            Program.built("stacker"), ["build"] + arguments, currentDirectory: project.path)
        try #require(build.exitCode == 0, "\(build.stderrText)")
        let annotations = try project.manifest("app")["annotations"] as? [String: String]
        #expect(annotations?["io.stackeroci.stacker.stacker_yaml"] == Self.recipe)
        return annotations?["io.stackeroci.stacker.git_version"]
    }

    private func git(_ project: Project, _ arguments: ByteString...) throws -> String {
        let answer = try Program.run("/usr/bin/git", arguments, currentDirectory: project.path)
        return answer.stdoutText.trimmingCharacters(in: .newlines)
    }

    @Test func isTheWholeHashWithoutATag() throws {
        let project = try project("")
        #expect(try version(project) == git(project, "rev-parse", "HEAD"))
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/.stacker/git"))
    }

    @Test(arguments: [
        ("git tag v1", "v1"), ("git tag v1; echo two > tracked", "v1-dirty"),
        ("git tag v1; echo two > tracked; git add tracked", "v1-dirty"), ("git tag v1; rm tracked", "v1-dirty"),
        ("git tag v1; echo two > untracked", "v1"), ("git tag v1; touch tracked", "v1"),
        ("git tag v1; chmod 755 tracked", "v1-dirty"),
        ("git tag v1; git config core.fileMode false; chmod 755 tracked", "v1"),
        ("git tag v1; git pack-refs --all; git gc -q", "v1"),
    ])
    func isTheTagAndWhetherTrackedFilesWereChanged(_ script: String, _ expected: String) throws {
        #expect(try version(project(script)) == expected)
    }

    @Test func isWhatGitDescribeSays() throws {
        let project = try project("git tag v1; git commit -q --allow-empty -m second")
        #expect(try version(project) == git(project, "describe", "--tags"))
        #expect(try git(project, "describe", "--tags").hasPrefix("v1-1-g"))
    }

    @Test func isThatOfALinkedTree() throws {
        let project = try project(
            "git tag v1; git worktree add -q linked; cd linked; git commit -q --allow-empty -m more; git tag v2")
        let build = try Program.run(
            Program.built("stacker"), ["build", "-f", "linked/stacker.yaml"], currentDirectory: project.path)
        try #require(build.exitCode == 0, "\(build.stderrText)")
        let annotations = try project.manifest("app")["annotations"] as? [String: String]
        #expect(annotations?["io.stackeroci.stacker.git_version"] == "v2")
    }

    @Test func isLeftOutOutsideOfATreeAndBeforeTheFirstCommit() throws {
        let outside = try Project(Self.recipe)
        #expect(try version(outside) == nil)
        _ = try outside.run("/usr/bin/git", "init", "-q", ".")
        #expect(try version(outside) == nil)
    }

    /// CVE-2022-24765 and what is like it: a tree that was downloaded decides what its configuration says.
    @Test(arguments: [
        "git config core.fsmonitor \"touch $PWD/mark\"",
        "git config core.fsmonitor \"$PWD/evil\"",
        "git config filter.evil.clean \"touch $PWD/mark; cat\"; git config filter.evil.required true",
        "git config filter.evil.process \"$PWD/evil\"",
        "git config diff.evil.textconv \"$PWD/evil\"; git config diff.external \"$PWD/evil\"",
        "git config core.pager \"$PWD/evil\"; git config pager.status \"$PWD/evil\"; git config pager.describe \"$PWD/evil\"",
        "git config alias.status \"!$PWD/evil\"; git config alias.describe \"!$PWD/evil\"; "
            + "git config alias.rev-parse \"!$PWD/evil\"",
        "git config core.hooksPath \"$PWD/hooks\"; mkdir hooks; cp evil hooks/post-index-change",
        "cp evil .git/hooks/post-index-change",
        "git config include.path \"$PWD/more\"; printf '[core]\\n\\tfsmonitor = %s/evil\\n' \"$PWD\" > more",
        "git config core.sshCommand \"$PWD/evil\"; git config remote.o.url ssh://x/y; git config remote.o.promisor true;"
            + " git config extensions.partialClone o; rm -f .git/objects/$(git rev-parse HEAD:tracked | sed 's|..|&/|')",
    ])
    func isFoundWithoutExecutingWhatTheTreeNames(_ script: String) throws {
        let project = try project(
            """
            printf '#!/bin/sh\\ntouch %s/mark\\n' "$PWD" > evil; chmod 755 evil
            echo 'tracked filter=evil diff=evil' > .gitattributes; git add .gitattributes; git commit -qm second
            git tag v1
            \(script)
            sleep 1; echo two > tracked
            rm -f mark
            """)
        let version = try version(project)
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/mark"))
        #expect(version == "v1-dirty")
    }

    /// Without the configuration of the tree, a file of one length that was touched has to be read and compared.
    @Test func theTrapOfTheTestAboveWorks() throws {
        let project = try project(
            """
            echo 'tracked filter=evil' > .gitattributes; git add .gitattributes; git commit -qm second
            git config filter.evil.clean "touch $PWD/mark; cat"
            sleep 1; echo two > tracked; rm -f mark
            """)
        _ = try git(project, "status", "--porcelain")
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/mark"))
    }

    @Test(arguments: ["HEAD", "config"])
    func isLeftOutWhereAFileOfGitIsBoundless(_ name: String) throws {
        let project = try project("truncate -s 2G .git/\(name)")
        #expect(try version(project) == nil)
        _ = try project.run("/bin/sh", "-c", ByteString("rm .git/\(name); mkfifo .git/\(name)"))
        #expect(try version(project) == nil)
    }

    @Test(.requiresRoot) func isLeftOutWhereGitDoesNotTrustTheTree() throws {
        let project = try project("git tag v1; chown -R 4242 .git .")
        let build = try project.stacker("build")
        #expect(build.exitCode == 0)
        #expect(build.stderrText.contains("no git version in the image: git does not work in"), "\(build.stderrText)")
        let annotations = try project.manifest("app")["annotations"] as? [String: String]
        #expect(annotations?["io.stackeroci.stacker.git_version"] == nil)
        try project.write("home/.gitconfig", "[safe]\n\tdirectory = *\n")
        let trusting = try Program.run(
            Program.built("stacker"), ["build", "--no-cache"],
            environment: ["PATH=/usr/bin:/bin", ByteString("HOME=\(project.path)/home")], currentDirectory: project.path
        )
        #expect(trusting.exitCode == 0)
        let second = try project.manifest("app")["annotations"] as? [String: String]
        #expect(second?["io.stackeroci.stacker.git_version"] == "v1")
    }
}
