import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Images that are only built for others to start from.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct BuildOnlyTests {
    private static let recipe = """
        base:
          from: {type: tar, url: base.tar}
          labels: {inherited: "1"}
        tools:
          from: {type: built, tag: base}
          build_only: true
          run: mkdir /tools && echo 1 > /tools/one && rm /var/lib/things/two
          labels: {never: "1"}
        more:
          from: {type: built, tag: tools}
          build_only: true
          run: test -e /tools/one && echo 2 > /tools/two && rm /tools/one
        same:
          from: {type: built, tag: more}
          build_only: true
          run: "true"
        app:
          from: {type: built, tag: same}
          run: test ! -e /tools/one && test -e /tools/two && echo x > /x
        other:
          from: {type: built, tag: more}
        """

    private func tags(_ project: Project) throws -> [String] {
        let entries = try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
        return entries.compactMap {
            ($0["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"]
        }
    }

    private func histories(_ project: Project, _ tag: String) throws -> [String] {
        let history = try project.configuration(tag)["history"] as? [[String: Any]] ?? []
        return history.filter { $0["empty_layer"] as? Bool != true }.compactMap { $0["created_by"] as? String }
    }

    @Test func areNoOutputAndTheirLayersAreInThoseThatStartFromThem() throws {
        let project = try Project(Self.recipe)
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try tags(project) == ["base", "app", "other"])

        let (base, app) = (try project.layers("base"), try project.layers("app"))
        try #require(app.count == 4)
        #expect(app.first == base.first)
        #expect(try project.layers("other") == Array(app[..<3]))
        #expect(
            try histories(project, "app") == ["base", "tools", "more", "app"].map { "stacker build of \($0)" })
        let tools = try project.members(app[1])
        #expect(tools["tools/one"] != nil && tools["var/lib/things/.wh.two"] != nil, "\(tools)")
        let more = try project.members(app[2])
        #expect(more["tools/two"] != nil && more["tools/.wh.one"] != nil, "\(more)")
        #expect(try project.members(app[3])["x"] != nil)

        let labels = try project.configuration("app")["config"] as? [String: Any]
        #expect(labels?["Labels"] as? [String: String] == ["inherited": "1"])
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/roots/tools/overlay/tools/one"))
    }

    @Test(.requiresTool("umoci")) func unpackToWhatTheBuildSaw() throws {
        let project = try Project(Self.recipe)
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)")
        let unpacked =
            Host.isRoot
            ? try project.run("/usr/bin/umoci", "unpack", "--image", "oci:app", "bundle")
            : try project.run("/usr/bin/umoci", "unpack", "--rootless", "--image", "oci:app", "bundle")
        try #require(unpacked.exitCode == 0, "\(unpacked.stderrText)")
        let root = "\(project.path)/bundle/rootfs"
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/tools") == ["two"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root)/var/lib/things") == ["one"])
    }

    @Test func leaveTheIndexAsItIs() throws {
        let project = try Project("a:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        try #require(try project.stacker("build").exitCode == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: "\(project.path)/oci/index.json"))
        try project.write(
            "stacker.yaml", "b:\n  from: {type: tar, url: base.tar}\n  build_only: true\n  run: echo x > /x\n")
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(project.path)/oci/index.json")) == before)
        #expect(build.stderrText.hasSuffix("filesystem b built successfully\n"))
    }

    /// The image is packed after the step that made it ended, from what was sealed; so twice must be the same.
    @Test func giveTheSameBytesAgain() throws {
        var seen: Set<[String]> = []
        for _ in 0..<2 {
            let project = try Project(Self.recipe)
            try project.makeBase()
            let build = try project.stacker("build", environment: ["SOURCE_DATE_EPOCH=1700000000"])
            try #require(build.exitCode == 0, "\(build.stderrText)")
            let entries = try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
            seen.insert(entries.compactMap { $0["digest"] as? String })
        }
        #expect(seen.count == 1)
    }
}
