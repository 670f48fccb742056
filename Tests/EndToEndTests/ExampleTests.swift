import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The examples are built as their readers would build them.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ExampleTests {
    private static let folder = Checkout.path.appending("examples/hello")

    /// A project that holds the files of `examples/hello`, its base and its image.
    private static func builtHello() throws -> Project {
        let project = try Project()
        for name in ["stacker.yaml", "hello.sh"] {
            let text = try String(contentsOfFile: folder.appending(name).string, encoding: .utf8)
            try project.write(name, text, mode: name.hasSuffix(".sh") ? 0o755 : 0o644)
        }
        let base = try project.run(folder.appending("make-base"), "hello-base.tar")
        try #require(base.exitCode == 0, "\(base.stderrText)")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return project
    }

    @Test func helloIsBuiltAsItsFileSays() throws {
        let project = try Self.builtHello()
        let layer = try #require(try project.layers("hello").last)
        let members = try project.members(layer)
        #expect(members["usr/bin/hello"]?.hasSuffix(" 0/0") == true, "\(members)")
        #expect(members["usr/bin/passwd"] == "-rwsr-xr-x 0/0")
        #expect(members["home/guest/"]?.hasSuffix(" 1000/1000") == true)
        #expect(members["usr/share/left-over/"] == nil)
    }

    @Test(.requiresUser, .requiresTool("umoci"), .requiresTool("crun"))
    func helloRunsInARuntimeThatKnowsNothingOfStacker() throws {
        let project = try Self.builtHello()
        let run = try project.run(Checkout.path.appending("scripts/run-image"), "oci:hello")
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(run.stdoutText.contains("Hello, world! This is uid 0 in an image that stacker built.\n"))
        #expect(run.stdoutText.hasSuffix("/usr/bin/passwd kept its setuid bit, and /usr/share/left-over is gone.\n"))
    }
}
