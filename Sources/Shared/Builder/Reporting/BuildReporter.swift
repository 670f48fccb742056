/// Shows a build to somebody: the output of its steps, and what happens.
public protocol BuildReporter: Sendable {
    /// How often ``BuildEvent/progressed(_:)`` is wanted; `nil` for never.
    var interval: Duration? { get }
    /// Whether something is drawn below the output, which then always has to end with a line.
    var drawsBelowOutput: Bool { get }

    /// Whether the log of each image tells of its activities.
    var logsActivities: Bool { get }

    /// Shows output of a step; called for one piece at a time, in the order in which people are to see them.
    ///
    /// - Throws: What ends the build, because nobody can read its output any more.
    func write(_ output: [UInt8]) throws

    /// Takes note of what happened; called from any thread.
    func report(_ event: BuildEvent)
}
