import Digests
import OCI
import Stackerfile

/// Everything that decides what the documents of an image say.
struct ImageInputs: Hashable, Sendable {
    var layers: CacheKey
    /// Names how layers are compressed, and by which version of which library.
    var encoder: String
    /// The manifest of the image below; `nil` where there is none.
    var base: Digest?
    /// What the recipe says for the image's documents.
    var recipe: Documents
    /// What a reproducible image is also made from; empty in others, whose documents say when they were first made.
    var provenance: [String]

    /// The keys of stacker.yaml that change documents and no file.
    struct Documents: Hashable, Sendable {
        var command: [String]?
        var entrypoint: [String]?
        var fullCommand: [String]?
        var environment: [String] = []
        var labels: [String] = []
        var annotations: [String] = []
        var volumes: [String] = []
        var workingDirectory: String?
        var user: String?
        /// Sorted, without duplicates.
        var exposedPorts: [String] = []
        var stopSignal: String?
        var healthCheck: HealthCheckRecipe?

        init(_ image: ImageRecipe) {
            command = image.command
            entrypoint = image.entrypoint
            fullCommand = image.fullCommand
            environment = Self.lines(image.environment)
            labels = Self.lines(image.labels)
            annotations = Self.lines(image.annotations)
            volumes = image.volumes
            workingDirectory = image.workingDir
            user = image.runtimeUser
            exposedPorts = Set(image.exposedPorts).sorted()
            stopSignal = image.stopSignal
            healthCheck = image.healthCheck
        }

        /// Two of them for each entry.
        private static func lines(_ pairs: [StringPair]) -> [String] { pairs.flatMap { [$0.name, $0.value] } }
    }

    var key: CacheKey {
        var bytes = CanonicalBytes("stacker image")
        bytes.add("schema", CacheKey.schema)
        bytes.add("layers", layers.digest.hex)
        bytes.add("encoder", encoder)
        bytes.add("base", base?.hex)
        bytes.add("cmd", optional: recipe.command)
        bytes.add("entrypoint", optional: recipe.entrypoint)
        bytes.add("full_command", optional: recipe.fullCommand)
        bytes.add("environment", recipe.environment)
        bytes.add("labels", recipe.labels)
        bytes.add("annotations", recipe.annotations)
        bytes.add("volumes", recipe.volumes)
        bytes.add("working_dir", recipe.workingDirectory)
        bytes.add("runtime_user", recipe.user)
        bytes.add("provenance", provenance)
        addService(to: &bytes)
        return CacheKey(bytes)
    }

    /// Where it is given, so that what was kept before there were such words is still found.
    private func addService(to bytes: inout CanonicalBytes) {
        if !recipe.exposedPorts.isEmpty { bytes.add("exposed_ports", recipe.exposedPorts) }
        if let signal = recipe.stopSignal { bytes.add("stop_signal", signal) }
        guard let check = recipe.healthCheck else { return }
        bytes.add("healthcheck", check.test)
        bytes.add("interval", check.interval)
        bytes.add("timeout", check.timeout)
        bytes.add("start_period", check.startPeriod)
        bytes.add("start_interval", check.startInterval)
        bytes.add("retries", check.retries)
    }
}
