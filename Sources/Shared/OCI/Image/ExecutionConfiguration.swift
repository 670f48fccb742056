/// How a container of the image is started, unless its user says otherwise.
///
/// Source: OCI image-spec v1.1, config.md, `config`.
public struct ExecutionConfiguration: Hashable, Sendable {
    public var user: String?
    /// `NAME=value`, in order.
    public var environment: [String]
    public var entrypoint: [String]?
    public var command: [String]?
    /// Paths in the image.
    public var volumes: Set<String>
    /// Such as `80/tcp`.
    public var exposedPorts: Set<String>
    public var workingDirectory: String?
    public var labels: [String: String]
    /// A name such as `SIGTERM`, or a number.
    public var stopSignal: String?
    public var healthCheck: HealthCheck?
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init() {
        environment = []
        volumes = []
        exposedPorts = []
        labels = [:]
    }

    init(_ value: JSONValue) throws(InvalidDocument) {
        var members = try JSONMembers(value, at: "config")
        user = try members.string("User")
        environment = try members.strings("Env") ?? []
        entrypoint = try members.strings("Entrypoint")
        command = try members.strings("Cmd")
        volumes = try members.set("Volumes")
        exposedPorts = try members.set("ExposedPorts")
        workingDirectory = try members.string("WorkingDir")
        labels = try members.map("Labels")
        stopSignal = try members.string("StopSignal")
        healthCheck =
            try members.take("Healthcheck").map { (value) throws(InvalidDocument) in
                try HealthCheck(value, at: "config.Healthcheck")
            }
        other = members.rest
    }

    var json: JSONValue {
        var members = other
        members["User"] = user.map(JSONValue.string)
        if !environment.isEmpty { members["Env"] = .strings(environment) }
        members["Entrypoint"] = entrypoint.map(JSONValue.strings)
        members["Cmd"] = command.map(JSONValue.strings)
        if !volumes.isEmpty { members["Volumes"] = .set(volumes) }
        if !exposedPorts.isEmpty { members["ExposedPorts"] = .set(exposedPorts) }
        members["WorkingDir"] = workingDirectory.map(JSONValue.string)
        if !labels.isEmpty { members["Labels"] = .map(labels) }
        members["StopSignal"] = stopSignal.map(JSONValue.string)
        members["Healthcheck"] = healthCheck?.json
        return .object(members)
    }
}
