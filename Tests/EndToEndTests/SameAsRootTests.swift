import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The promise of the whole suite: an ordinary user's image is the one root would have built.
@Suite(.requiresRoot, .requiresTool("busybox"), .requiresTool("setpriv"))
struct SameAsRootTests {
    static let user = "stacker-test"

    @Test(.enabled("needs the user stacker-test, whom `make test` makes") { getpwnam(user) != nil })
    func theImageOfAUserIsTheImageOfRoot() throws {
        let text = """
            base:
              from: {type: tar, url: base.tar}
              run: echo web:x:33:33::/:/bin/sh >> /etc/passwd && mkfifo /pipe && chown 7:8 /pipe && chmod 6711 /bin/busybox
            child:
              from: {type: built, tag: base}
              run: rm /var/lib/things/one && ln /bin/busybox /linked && mkdir -m 1731 /odd && ln -s x /odd/link
              overlay_dirs: [{source: tree, dest: /pipe.d}]
              imports:
                - {path: tree/file, dest: /var/lib/things/, uid: 7, gid: 8, mode: 04711}
                - {path: stacker://base/pipe, dest: /copied/}
                - {path: stacker://base/bin/, dest: /all}
              environment: {A: b}
              labels: {c: d}
            """
        func files(_ project: Project) throws {
            try project.makeBase()
            try project.write("tree/file", "content", mode: 0o640)
            try project.write("tree/deep/er", "content", mode: 0o600)
        }
        let epoch: ByteString = "SOURCE_DATE_EPOCH=1700000000"
        let byRoot = try Project(text)
        try files(byRoot)
        let root = try byRoot.stacker("build", environment: [epoch])
        try #require(root.exitCode == 0, "\(root.stderrText)\(root.stdoutText)")

        let byUser = try Project(text)
        try files(byUser)
        try #require(
            try byUser.run("/bin/chown", "-R", ByteString(Self.user), ByteString(byUser.path.string)).exitCode == 0)
        func asUser(_ command: ByteString) throws -> Program {
            try Program.run(
                "/usr/bin/setpriv",
                [
                    ByteString("--reuid=\(Self.user)"), ByteString("--regid=\(Self.user)"), "--init-groups",
                    ByteString(Program.built("stacker").string), command,
                ], environment: Program.defaultEnvironment + [epoch], currentDirectory: byUser.path)
        }
        let user = try asUser("build")
        defer { _ = try? asUser("clean") }
        try #require(user.exitCode == 0, "\(user.stderrText)\(user.stdoutText)")

        for tag in ["base", "child"] {
            #expect(try byUser.layers(tag) == byRoot.layers(tag), "\(tag)")
        }
        let index = "oci/index.json"
        #expect(
            FileManager.default.contents(atPath: "\(byUser.path)/\(index)")
                == FileManager.default.contents(atPath: "\(byRoot.path)/\(index)"))
    }
}
