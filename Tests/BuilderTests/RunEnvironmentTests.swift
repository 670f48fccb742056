import Diagnostics
import Stackerfile
import Testing

@testable import Builder

@Suite struct RunEnvironmentTests {
    private static func image(_ directives: String = "") throws -> ImageRecipe {
        let text = "app:\n  from: {type: scratch}\n\(directives)"
        return try #require(try StackerfileParser.parse(Array(text.utf8), file: "stacker.yaml").images.first)
    }

    private static let path: ByteString = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    @Test func isMadeFromNothingButAFewVariablesOfTheCaller() throws {
        let entries = try RunEnvironment.make(
            for: Self.image(),
            host: ["HOME=/root", "TERM=xterm", "https_proxy=http://p:1/", "NO_PROXY=", "LD_PRELOAD=/x", "TERMINAL=no"])
        #expect(
            entries == ["container=lxc", Self.path, "https_proxy=http://p:1/", "TERM=xterm", "STACKER_LAYER_NAME=app"])
    }

    @Test func valuesThatAreNotUTF8StayAsTheyAre() throws {
        let value = ByteString(Array("TERM=".utf8) + [0xff])
        let plain = try RunEnvironment.make(for: Self.image(), host: [value])
        #expect(plain.contains(value))
        let image = try Self.image("  build_env_passthrough: [TERM]\n")
        let matched = try RunEnvironment.make(for: image, host: [value])
        #expect(matched.contains(value))
    }

    @Test func whatTheImageSaysCountsMoreThanTheCaller() throws {
        let image = try Self.image(
            "  build_env: {TERM: dumb, EMPTY: '', PATH: /opt/bin, STACKER_LAYER_NAME: other, LINES: \"a\\nb\"}\n")
        #expect(
            try RunEnvironment.make(for: image, host: ["TERM=xterm", "EMPTY=x"])
                == ["container=lxc", "TERM=dumb", "PATH=/opt/bin", "LINES=a\nb", "STACKER_LAYER_NAME=app"])
    }

    @Test(
        arguments: [
            ("[A.C]", ["ABC=1", "AxC=2"]), ("['A|AB']", ["A=0"]), ("['.*']", ["A=0", "ABC=1", "AxC=2", "TERM=t"]),
            ("[B, 'x']", []), ("['(?i)abc']", ["ABC=1"]), ("['A[a-z]C', TERM]", ["AxC=2", "TERM=t"]),
            ("['\\w{4}']", ["TERM=t"]),
        ] as [(String, [ByteString])])
    func expressionsReplaceTheListAndMatchWholeNames(_ list: String, _ passed: [ByteString]) throws {
        let image = try Self.image("  build_env_passthrough: \(list)\n")
        let host: [ByteString] = ["TERM=t", "AxC=2", "ABC=1", "ABC=second", "A=0", "EMPTY=", "no entry", "=x"]
        #expect(
            try RunEnvironment.make(for: image, host: host)
                == ["container=lxc", Self.path] + passed + ["STACKER_LAYER_NAME=app"])
    }

    @Test func anEmptyListIsNone() throws {
        let image = try Self.image("  build_env_passthrough: []\n")
        #expect(try RunEnvironment.passed(to: image, from: ["TERM=t", "X=y"]) == ["TERM=t"])
    }
}
