import Diagnostics
import OCI
import Testing

@Suite struct `An image configuration` {
    private func configuration(_ text: String) throws(InvalidDocument) -> ImageConfiguration {
        try ImageConfiguration(Array(text.utf8), limits: Limits())
    }

    private static func with(_ member: String) -> String {
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\(member)}"
    }

    @Test func `keeps members that nobody here knows, and keeps the order of lists`() throws {
        let text = """
            {"architecture":"arm64","author":"me","config":{"ArgsEscaped":true,"Cmd":["b","a"],"Entrypoint":[],\
            "Env":["PATH=/bin","A=1","A=2"],"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Interval":1000000000,\
            "Test":["NONE"]},"Labels":{"L":"1","l":"2"},"StopSignal":"SIGTERM","User":"0","Volumes":{"/Data":{},\
            "/data":{}},"WorkingDir":"/w"},"created":"2024-02-29T23:59:60.123456789+05:30","docker_version":"1",\
            "history":[{"created":"2024-01-01T00:00:00Z","created_by":"x","empty_layer":true,"unknown":[1]}],\
            "os":"linux","os.features":["f"],"rootfs":{"diff_ids":\
            ["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"more":null,"type":"layers"},\
            "variant":"v8"}
            """
        #expect(String(decoding: try configuration(text).bytes, as: UTF8.self) == text)
    }

    @Test func `takes null for nothing, as other tools write it`() throws {
        let read = try configuration(
            Self.with("\"config\":{\"Cmd\":null,\"Env\":null,\"Volumes\":null},\"history\":null"))
        #expect(read.config.command == nil)
        #expect(read.config.environment.isEmpty)
        #expect(read.config.volumes.isEmpty)
        #expect(read.history.isEmpty)
        #expect(try configuration(Self.with("\"config\":null")).config == ExecutionConfiguration())
    }

    @Test(arguments: [
        ("{}", "os: it is missing"),
        ("{\"os\":\"linux\",\"architecture\":\"amd64\"}", "rootfs: it is missing"),
        (
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\"}}",
            "rootfs.diff_ids: it is missing"
        ),
        (
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":null}}",
            "rootfs.diff_ids: it is missing"
        ),
        (
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"x\",\"diff_ids\":[]}}",
            "rootfs.type: it is not \"layers\""
        ),
        (
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"x\"]}}",
            "rootfs.diff_ids[0]: \"x\" is no sha256 digest"
        ),
        ("{\"os\":\"../x\",\"architecture\":\"amd64\"}", "os: \"../x\" names no platform"),
        (with("\"config\":[]"), "config: this is no object"),
        (with("\"config\":{\"Cmd\":\"sh\"}"), "config.Cmd: this is no array"),
        (with("\"config\":{\"Cmd\":[[]]}"), "config.Cmd[0]: this is no string"),
        (with("\"config\":{\"Entrypoint\":[1]}"), "config.Entrypoint[0]: this is no string"),
        (with("\"config\":{\"Volumes\":[]}"), "config.Volumes: this is no object"),
        (with("\"config\":{\"ExposedPorts\":{\"80\":1}}"), "config.ExposedPorts.80: this is no object"),
        (with("\"config\":{\"Labels\":{\"a\":1}}"), "config.Labels.a: this is no string"),
        (with("\"config\":{\"StopSignal\":9}"), "config.StopSignal: this is no string"),
        (with("\"config\":{\"Healthcheck\":[]}"), "config.Healthcheck: this is no object"),
        (
            with("\"config\":{\"Healthcheck\":{\"Retries\":\"3\"}}"),
            "config.Healthcheck.Retries: this is no whole number"
        ),
        (with("\"created\":\"yesterday\""), "created: \"yesterday\" is no time"),
        (with("\"created\":\"2024-13-01T00:00:00Z\""), "created: \"2024-13-01T00:00:00Z\" is no time"),
        (with("\"created\":\"2024-01-01T00:00:00\""), "created: \"2024-01-01T00:00:00\" is no time"),
        (with("\"created\":\"2024-01-01T00:00:00Zx\""), "created: \"2024-01-01T00:00:00Zx\" is no time"),
        (with("\"created\":\"2024-01-01T00:00:00.Z\""), "created: \"2024-01-01T00:00:00.Z\" is no time"),
        (with("\"history\":[1]"), "history[0]: this is no object"),
        (with("\"history\":[{\"empty_layer\":1}]"), "history[0].empty_layer: this is neither true nor false"),
    ])
    func `is refused when a member is missing or of the wrong kind`(text: String, message: String) {
        let error = #expect(throws: InvalidDocument.self) { try configuration(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test func `gives the same bytes for the same value, however it was filled`() {
        func make(_ names: [String]) -> [UInt8] {
            var result = ImageConfiguration(architecture: "amd64", os: "linux")
            for name in names {
                result.config.labels[name] = name
                result.config.volumes.insert("/\(name)")
            }
            return result.bytes
        }
        let names = (0..<50).map { "n\($0)" }
        #expect(make(names) == make(names.reversed()))
    }
}
