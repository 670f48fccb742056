import Diagnostics
import TestSupport
import Testing

/// What a build step sees of the variables of the caller and of the file.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct StepEnvironmentTests {
    private static func environment(_ directives: String, _ host: [ByteString]) throws -> Set<String> {
        // The shell adds variables of its own, so what it was started with is looked at.
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
            \(directives)
              run:
                - "#!/bin/sh"
                - tr '\\0' '\\n' < /proc/$$/environ
            """)
        try project.makeBase()
        let build = try project.stacker("build", environment: host)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return Set(build.stdoutText.split(separator: "\n").map(String.init))
    }

    private static let always: Set<String> = [
        "container=lxc", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "STACKER_LAYER_NAME=app",
    ]

    private static let host: [ByteString] = [
        "https_proxy=http://p:1/", "TERM=dumb", "SECRET=x", "MY_ONE=1", "MY_TWO=2", "NOT_MY_THREE=3",
        "SOURCE_DATE_EPOCH=1",
    ]

    @Test func isEmptyButForProxiesAndAFewMore() throws {
        #expect(
            try Self.environment("", Self.host)
                == Self.always.union(["https_proxy=http://p:1/", "TERM=dumb", "SOURCE_DATE_EPOCH=1"]))
    }

    @Test func isWhatTheFileSays() throws {
        #expect(
            try Self.environment(
                "  build_env: {GIVEN: 'a b', MY_TWO: file}\n  build_env_passthrough: ['MY_.*']\n", Self.host)
                == Self.always.union(["MY_ONE=1", "MY_TWO=file", "GIVEN=a b"]))
    }

    @Test func theConfigurationOfTheImageIsNoPartOfIt() throws {
        #expect(try Self.environment("  environment: {IMAGE: only}\n", []) == Self.always)
    }
}
