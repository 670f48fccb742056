import Digests
import Diagnostics
import OCI
import Stackerfile
import Testing

@testable import Builder

@Suite struct ImageCompositionTests {
    static let digest = Digest(of: [])
    static let layer = AddedLayer(
        packed: PackedLayer(
            descriptor: Descriptor(mediaType: MediaType.layerTar, digest: digest, size: 0), diffID: digest),
        createdBy: "stacker build of app")

    static func composition(_ keys: String) throws -> ImageComposition {
        let text = "app:\n  from: {type: scratch}\n" + keys
        let recipe = try StackerfileParser.parse(Array(text.utf8), file: "stacker.yaml")
        let image = try #require(recipe.images.first)
        return ImageComposition(
            image: image, created: 86_400, author: "me@here", stackerfileText: text,
            annotationsNamespace: "io.stackeroci", gitVersion: "v1-dirty")
    }

    @Test func aLayerIsOneEntryOfHistoryAndTheBuildAnother() throws {
        let result = try Self.composition("").configuration(parent: nil, added: [Self.layer])
        #expect(result.rootfs.diffIDs == [Self.digest])
        #expect(
            result.history == [
                History(created: "1970-01-02T00:00:00Z", createdBy: "stacker build of app"),
                History(
                    created: "1970-01-02T00:00:00Z", createdBy: "stacker build", author: "me@here", emptyLayer: true),
            ])
        #expect(result.created == "1970-01-02T00:00:00Z" && result.author == "me@here")
        #expect(result.os == "linux")
    }

    @Test func anUnsetCommandClearsThatOfTheBase() throws {
        var parent = ImageConfiguration(architecture: "amd64", os: "linux")
        parent.config.entrypoint = ["/old"]
        parent.config.command = ["old"]
        parent.config.environment = ["A=b", "PATH=/old"]
        parent.config.labels = ["kept": "1", "changed": "1"]
        parent.config.user = "7"
        let result = try Self.composition(
            "  cmd: [new]\n  environment: {C: d}\n  labels: {changed: \"2\"}\n  volumes: [/data]\n"
        ).configuration(parent: parent, added: []).config
        #expect(result.entrypoint == nil && result.command == ["new"])
        #expect(result.environment == ["A=b", "PATH=/old", "C=d"])
        #expect(result.labels == ["kept": "1", "changed": "2"])
        #expect(result.volumes == ["/data"] && result.user == "7")
    }

    /// glibc gives a program the first of two variables with one name.
    @Test func aVariableTakesThePlaceOfThatOfTheBase() throws {
        var parent = ImageConfiguration(architecture: "amd64", os: "linux")
        parent.config.environment = ["PATH=/old", "A=1", "PATH=/older", "PATHS=x"]
        let result = try Self.composition("  environment: {B: c, PATH: /new}\n")
            .configuration(parent: parent, added: []).config
        #expect(result.environment == ["PATH=/new", "A=1", "PATHS=x", "B=c"])
    }

    @Test func whatAServiceSaysIsAddedToWhatIsInheritedOrReplacesIt() throws {
        var parent = ImageConfiguration(architecture: "amd64", os: "linux")
        parent.config.exposedPorts = ["80/tcp"]
        parent.config.stopSignal = "SIGINT"
        parent.config.healthCheck = HealthCheck(test: ["CMD", "/old"])
        let kept = try Self.composition("").configuration(parent: parent, added: []).config
        #expect(kept == parent.config.withPath)
        let result = try Self.composition(
            """
              exposed_ports: [53/udp, 8000-8001]
              stop_signal: quit
              healthcheck: {test: wget -q localhost, interval: 1m30s, timeout: 500ms, start_period: 0, retries: 3}

            """
        ).configuration(parent: parent, added: []).config
        #expect(result.exposedPorts == ["80/tcp", "53/udp", "8000/tcp", "8001/tcp"])
        #expect(result.stopSignal == "SIGQUIT")
        #expect(result.healthCheck?.test == ["CMD-SHELL", "wget -q localhost"])
        #expect(result.healthCheck?.interval == 90_000_000_000 && result.healthCheck?.timeout == 500_000_000)
        #expect(result.healthCheck?.startPeriod == nil && result.healthCheck?.retries == 3)
        let none = try Self.composition("  healthcheck: none\n").configuration(parent: parent, added: []).config
        #expect(none.healthCheck == HealthCheck(test: ["NONE"]))
    }

    @Test func fullCommandIsTheEntryPointAndNoCommand() throws {
        let result = try Self.composition("  full_command: /bin/tool --flag 'a b'\n")
            .configuration(parent: nil, added: []).config
        #expect(result.entrypoint == ["/bin/tool", "--flag", "a b"] && result.command == nil)
    }

    @Test func annotationsOfStackerCannotBeOverridden() throws {
        let result = try Self.composition(
            "  annotations: {io.stackeroci.stacker.stacker_version: mine, io.stackeroci.stacker.git_version: v2, a: b}\n"
        )
        .annotations(parent: ["inherited": "1"])
        #expect(result["io.stackeroci.stacker.stacker_version"] == Version.current)
        #expect(result["io.stackeroci.stacker.stacker_yaml"]?.hasPrefix("app:\n") == true)
        #expect(result["io.stackeroci.stacker.git_version"] == "v1-dirty")
        #expect(result["a"] == "b" && result["inherited"] == "1")
    }
}

extension ExecutionConfiguration {
    /// With the variable that every image has.
    fileprivate var withPath: ExecutionConfiguration {
        var result = self
        result.environment.append("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        return result
    }
}
