/// Shows a build to somebody: the output of its steps, and what happens.
public protocol BuildReporter: Sendable {
    /// How often ``BuildEvent/progressed(_:)`` is wanted; `nil` for never.
    var interval: Duration? { get }
    /// A descriptor that a step may write to by itself; `nil` where everything must pass through ``write(_:)``.
    var descriptor: CInt? { get }

    /// Whether the log of each image tells of its activities.
    var logsActivities: Bool { get }

    /// Shows output of a step; called for one piece at a time, in the order in which people are to see them.
    ///
    /// - Throws: What ends the build, because nobody can read its output any more.
    func write(_ output: [UInt8]) throws

    /// Throws what ``write(_:)`` would, for output that went to ``descriptor``.
    func checkDescriptor() throws

    /// Takes note of what happened; called from any thread.
    func report(_ event: BuildEvent)
}
