/// How a runtime finds out whether a container of the image works.
public struct HealthCheckRecipe: Hashable, Sendable {
    /// `NONE`; or `CMD` and the words of a command; or `CMD-SHELL` and a line for a shell.
    public var test: [String]
    /// Nanoseconds; `nil` leaves the choice to the runtime, as it does for the others.
    public var interval: Int64?
    public var timeout: Int64?
    public var startPeriod: Int64?
    public var startInterval: Int64?
    /// How many failures in a row make a container unhealthy.
    public var retries: Int64?

    init(test: [String]) { self.test = test }
}
