import Digests
import Diagnostics
import OCI
import Stackerfile
import Testing

@testable import Builder

/// Keys of layers and images: what must change them, and what must not.
@Suite struct LayerKeyTests {
    static let content = Digest(of: Array("content".utf8))
    static let other = Digest(of: Array("other".utf8))

    static let input = AddedInput(
        kind: .importAsLayer, path: "a/b", name: "b", destination: "/opt/", mode: 0o644, user: 1, group: 2,
        content: content, isDirectory: false)

    static let inputs = LayerInputs(
        name: "app", platform: Platform(os: "linux", architecture: "amd64"), base: [content.hex], archive: nil,
        added: [input], script: "true\n", environment: ["A=b"], labelScript: "", sourceDateEpoch: 1)

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout LayerInputs) -> Void

        init(_ name: String, _ apply: @escaping @Sendable (inout LayerInputs) -> Void) {
            (testDescription, self.apply) = (name, apply)
        }
    }

    static let changes = [
        Change("name") { $0.name = "app2" },
        Change("os") { $0.platform.os = "other" },
        Change("architecture") { $0.platform.architecture = "arm64" },
        Change("variant") { $0.platform.variant = "v8" },
        Change("another base") { $0.base = [other.hex] },
        Change("more base") { $0.base.append(content.hex) },
        Change("no base") { $0.base = [] },
        Change("archive") { $0.archive = content.hex },
        Change("content of an import") { $0.added[0].content = other },
        Change("name of an import") { $0.added[0].name = "c" },
        Change("destination of an import") { $0.added[0].destination = "/opt/b" },
        Change("no destination") { $0.added[0].destination = nil },
        Change("empty destination") { $0.added[0].destination = "" },
        Change("mode of an import") { $0.added[0].mode = 0o755 },
        Change("user of an import") { $0.added[0].user = 2 },
        Change("no user") { $0.added[0].user = nil },
        Change("group of an import") { $0.added[0].group = 1 },
        Change("kind of an import") { $0.added[0].kind = .importForStep },
        Change("a directory instead") { $0.added[0].isDirectory = true },
        Change("hash of an import") { $0.added[0].hash = other.hex },
        Change("what is in a directory") { $0.added[0].takesContents = true },
        Change("a second import") { $0.added.append(input) },
        Change("no import") { $0.added = [] },
        Change("script") { $0.script = "false\n" },
        Change("environment") { $0.environment = ["A=c"] },
        Change("environment in two") { $0.environment = ["A=", "b"] },
        Change("binds") { $0.binds = ["/a", "/b"] },
        Change("a bind") { $0.binds = ["/a", ""] },
        Change("script of generate_labels") { $0.labelScript = "true\n" },
        Change("epoch") { $0.sourceDateEpoch = 2 },
        Change("no epoch") { $0.sourceDateEpoch = nil },
        Change("older import") { $0.usesLegacyImport = true },
        Change("only for building") { $0.isBuildOnly = true },
    ]

    @Test(arguments: changes) func everythingThatChangesFilesChangesTheKey(_ change: Change) {
        var changed = Self.inputs
        change.apply(&changed)
        #expect(changed.key != Self.inputs.key)
    }

    @Test func allKeysOfTheTableDiffer() {
        let keys = Self.changes.map { change in
            var changed = Self.inputs
            change.apply(&changed)
            return changed.key
        }
        #expect(Set(keys).count == keys.count)
    }

    @Test func whereAnImportLiesOnTheHostDoesNotCount() {
        var moved = Self.inputs
        moved.added[0].path = "elsewhere/b"
        #expect(moved.key == Self.inputs.key)
        #expect(moved.added[0].layerKey(sourceDateEpoch: 1) == Self.input.layerKey(sourceDateEpoch: 1))
    }

    /// What is kept today must still be found by the next version, unless it changes the schema on purpose.
    @Test func theKeyIsThatOfEarlierVersions() {
        #expect(Self.inputs.key.description == "2186d156313029e1312306a314e2f32e93b4b710b6abd39d24185311e5e0fbff")
        #expect(
            Self.input.layerKey(sourceDateEpoch: nil).description
                == "9f81001c3ca3ab0770cb3dd28ee9cb4c94c68f66be7fd0a8841bd3337bc0cb99")
    }

    @Test func anInputHasAKeyOfItsOwn() {
        var changed = Self.input
        changed.content = Self.other
        #expect(changed.layerKey(sourceDateEpoch: 1) != Self.input.layerKey(sourceDateEpoch: 1))
        #expect(Self.input.layerKey(sourceDateEpoch: nil) != Self.input.layerKey(sourceDateEpoch: 1))
    }

    static func recipe(_ keys: String) throws -> ImageRecipe {
        let text = "app:\n  from: {type: scratch}\n" + keys
        return try #require(try StackerfileParser.parse(Array(text.utf8), file: "stacker.yaml").images.first)
    }

    static func imageInputs(_ keys: String = "") throws -> ImageInputs {
        ImageInputs(
            layers: inputs.key, encoder: "isal-1/2.30", base: content,
            recipe: ImageInputs.Documents(try recipe(keys)), provenance: [])
    }

    @Test(
        arguments: [
            "cmd: [a]", "cmd: []", "cmd: [a, b]", "entrypoint: [a]", "full_command: [a]", "environment: {A: b}",
            "environment: {Ab: \"\"}", "labels: {A: b}", "annotations: {A: b}", "volumes: [A, b]", "working_dir: A",
            "runtime_user: A", "exposed_ports: [80]", "stop_signal: TERM", "healthcheck: none",
            "healthcheck: {test: a, retries: 1}",
        ])
    func whatDocumentsSayChangesTheKeyOfTheImageAlone(_ key: String) throws {
        let changed = try Self.imageInputs("  \(key)\n")
        #expect(changed.key != (try Self.imageInputs()).key)
        #expect(changed.layers == (try Self.imageInputs()).layers)
    }

    @Test func layersEncoderBaseAndProvenanceChangeTheKeyOfTheImage() throws {
        let inputs = try Self.imageInputs()
        var keys: Set<CacheKey> = [inputs.key]
        for change: (inout ImageInputs) -> Void in [
            { $0.layers = CacheKey(Self.other) }, { $0.encoder = "isal-1/2.31" }, { $0.base = nil },
            { $0.base = Self.other }, { $0.provenance = ["text"] }, { $0.provenance = ["te", "xt"] },
        ] {
            var changed = inputs
            change(&changed)
            keys.insert(changed.key)
        }
        #expect(keys.count == 7)
    }
}
