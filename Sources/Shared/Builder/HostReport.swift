public import Checks

/// What `stacker check` found out.
public struct HostReport: Hashable, Sendable {
    /// System and release, such as `Linux 6.12.1`.
    public var kernel: String
    /// Where the roots directory lies: its path, then name and magic number of the file system.
    public var roots: String
    /// What was tried, in order; after one that fails the rest depends on it.
    public var probes: [Probe]

    /// One thing that a build needs.
    public struct Probe: Hashable, Sendable {
        /// Stable, for scripts.
        public var name: String
        public var outcome: Outcome
    }

    public enum Outcome: Hashable, Sendable {
        case works
        case blocked(Finding)
        /// Not tried, because the probe of this name did not work.
        case skipped(because: String)
    }

    /// A build can run.
    public var isReady: Bool { probes.allSatisfy { $0.outcome == .works } }
}
