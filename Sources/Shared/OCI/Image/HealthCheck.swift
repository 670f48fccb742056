/// How a runtime finds out whether a container of the image works.
///
/// Not part of the OCI specification: Docker, Podman and Buildah keep it in the configuration of an image.
public struct HealthCheck: Hashable, Sendable {
    /// `NONE`; or `CMD` and the words of a command; or `CMD-SHELL` and a line for a shell.
    public var test: [String]?
    /// Nanoseconds; `nil` leaves the choice to the runtime, as it does for the others.
    public var interval: Int64?
    public var timeout: Int64?
    public var startPeriod: Int64?
    public var startInterval: Int64?
    public var retries: Int64?
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(test: [String]) { self.test = test }

    init(_ value: JSONValue, at place: String) throws(InvalidDocument) {
        var members = try JSONMembers(value, at: place)
        test = try members.strings("Test")
        interval = try members.integer("Interval")
        timeout = try members.integer("Timeout")
        startPeriod = try members.integer("StartPeriod")
        startInterval = try members.integer("StartInterval")
        retries = try members.integer("Retries")
        other = members.rest
    }

    var json: JSONValue {
        var members = other
        members["Test"] = test.map(JSONValue.strings)
        members["Interval"] = interval.map(JSONValue.integer)
        members["Timeout"] = timeout.map(JSONValue.integer)
        members["StartPeriod"] = startPeriod.map(JSONValue.integer)
        members["StartInterval"] = startInterval.map(JSONValue.integer)
        members["Retries"] = retries.map(JSONValue.integer)
        return .object(members)
    }
}
