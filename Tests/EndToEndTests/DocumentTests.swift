import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What configuration and manifest of a built image say, from one image to the next.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct DocumentTests {
    private func built(
        _ text: String, epoch: ByteString? = "86400", arguments: [ByteString] = [], environment: [ByteString] = []
    ) throws -> Project {
        let project = try Project(text)
        try project.makeBase()
        let time = epoch.map { [ByteString("SOURCE_DATE_EPOCH=\($0)")] } ?? []
        let build = try Program.run(
            Program.built("stacker"), ["build"] + arguments,
            environment: Program.defaultEnvironment + time + environment, currentDirectory: project.path)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return project
    }

    private func execution(_ project: Project, _ tag: String) throws -> [String: Any] {
        try #require(try project.configuration(tag)["config"] as? [String: Any])
    }

    private static let chain = """
        base:
          from: {type: tar, url: base.tar}
          run: touch /one
          environment: {A: "1"}
          cmd: [a]
          entrypoint: [b]
          volumes: [/v]
          labels: {x: "1", z: "1"}
          annotations: {p: "1", q: "1"}
          working_dir: /w
          runtime_user: someone
          exposed_ports: [80, 53/udp]
          stop_signal: QUIT
          healthcheck: {test: [CMD, /bin/true], interval: 30s, retries: 3}
        child:
          from: {type: built, tag: base}
          run: touch /two
          environment: {A: "2", PATH: /bin}
          volumes: [/u]
          labels: {z: "2"}
          annotations: {q: "2", io.stackeroci.stacker.stacker_yaml: mine}
          exposed_ports: [8080]
        full:
          from: {type: built, tag: child}
          full_command: /bin/sh -c 'exit 0'
          stop_signal: 9
          healthcheck: none
          working_dir: /other
          runtime_user: 12
        """

    @Test func aServiceIsInheritedUnlessItIsSaidAnew() throws {
        let project = try built(Self.chain)
        let check = ["Test": ["CMD", "/bin/true"], "Interval": 30_000_000_000, "Retries": 3] as NSDictionary
        let child = try execution(project, "child")
        #expect((child["ExposedPorts"] as? [String: Any])?.keys.sorted() == ["53/udp", "80/tcp", "8080/tcp"])
        #expect(child["StopSignal"] as? String == "SIGQUIT")
        #expect(child["Healthcheck"] as? NSDictionary == check)
        let full = try execution(project, "full")
        #expect((full["ExposedPorts"] as? [String: Any])?.count == 3)
        #expect(full["StopSignal"] as? String == "9")
        #expect(full["Healthcheck"] as? NSDictionary == ["Test": ["NONE"]])
    }

    @Test func aChildInheritsWhatItDoesNotSayAndNeverACommand() throws {
        let project = try built(Self.chain)
        let child = try execution(project, "child")
        #expect(child["Cmd"] == nil && child["Entrypoint"] == nil)
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        #expect(try execution(project, "base")["Env"] as? [String] == ["A=1", path])
        #expect(child["Env"] as? [String] == ["A=2", "PATH=/bin"])
        #expect((child["Volumes"] as? [String: Any])?.keys.sorted() == ["/u", "/v"])
        #expect(child["Labels"] as? [String: String] == ["x": "1", "z": "2"])
        #expect(child["WorkingDir"] as? String == "/w" && child["User"] as? String == "someone")
        let full = try execution(project, "full")
        #expect(full["Entrypoint"] as? [String] == ["/bin/sh", "-c", "exit 0"] && full["Cmd"] == nil)
        #expect(full["WorkingDir"] as? String == "/other" && full["User"] as? String == "12")
    }

    @Test func annotationsAreOnTheManifestAndThoseOfStackerAreItsOwn() throws {
        let project = try built(Self.chain, arguments: ["--annotations-namespace", "io.stackeroci"])
        let annotations = try #require(try project.manifest("child")["annotations"] as? [String: String])
        #expect(annotations["p"] == "1" && annotations["q"] == "2")
        #expect(annotations["io.stackeroci.stacker.stacker_yaml"] == Self.chain)
        #expect(annotations["io.stackeroci.stacker.stacker_version"]?.isEmpty == false)
        #expect(annotations.count == 4)
        for entry in try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? [] {
            #expect((entry["annotations"] as? [String: String])?.keys.sorted() == ["org.opencontainers.image.ref.name"])
        }
    }

    @Test func historyHasAnEntryForEachLayerAndOneForTheBuild() throws {
        let project = try built(Self.chain)
        let configuration = try project.configuration("full")
        let history = try #require(configuration["history"] as? [[String: Any]])
        #expect(
            history.map { $0["created_by"] as? String } == [
                "stacker build of base", "stacker build", "stacker build of child", "stacker build", "stacker build",
            ])
        #expect(history.map { $0["empty_layer"] as? Bool ?? false } == [false, true, false, true, true])
        #expect(history.map { $0["author"] as? String } == [nil, "stacker", nil, "stacker", "stacker"])
        #expect(history.allSatisfy { $0["created"] as? String == "1970-01-02T00:00:00Z" })
        #expect(configuration["created"] as? String == "1970-01-02T00:00:00Z")
        #expect(configuration["author"] as? String == "stacker")
        #expect(configuration["variant"] == nil)
        #expect(try project.layers("full") == project.layers("child"))
    }

    @Test func withoutAnEpochItIsNowAndTheAuthorIsTheUserOrWhoCalledSudo() throws {
        let before = Date.now.addingTimeInterval(-1)
        let text = "app:\n  from: {type: scratch}\n"
        let own = try built(text, epoch: nil).configuration("app")
        let created = try Date(try #require(own["created"] as? String), strategy: .iso8601)
        #expect(created >= before && created <= Date.now.addingTimeInterval(1))
        let host = ProcessInfo.processInfo.hostName.split(separator: ".")[0]
        #expect((own["author"] as? String)?.hasPrefix("\(NSUserName())@\(host)") == true, "\(own["author"] ?? "")")
        let sudo = try built(text, epoch: nil, environment: ["SUDO_USER=somebody"]).configuration("app")
        #expect((sudo["author"] as? String)?.hasPrefix("somebody@") == true)
        let empty = try built(text, epoch: nil, environment: ["SUDO_USER="]).configuration("app")
        #expect(empty["author"] as? String == own["author"] as? String)
    }

    @Test func anImageWithoutChangesHasTheLayersOfItsBaseAndNothingElse() throws {
        let project = try built("app:\n  from: {type: scratch}\n  environment: {FIRST: \"1\"}\n")
        #expect(try project.layers("app").isEmpty)
        #expect(try (execution(project, "app")["Env"] as? [String])?.first == "FIRST=1")
        #expect((try project.configuration("app")["history"] as? [Any])?.count == 1)
    }

    /// stacker.yaml is an annotation, so its size is that of the manifest.
    @Test func aManifestThatNobodyWouldReadIsNotWritten() throws {
        let project = try Project("app:\n  from: {type: scratch}\n" + String(repeating: "\n", count: 2_500_000))
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("cannot describe the image"), "\(build.stderrText)")
    }
}
