/// What became of a job of a build.
enum JobOutcome<Value: Sendable>: Sendable {
    case done(Value)
    case failed(any Error)
    /// Another one failed before this one could begin.
    case neverBegun
}
