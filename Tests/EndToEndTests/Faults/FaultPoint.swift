import Testing

/// One call of a build that something happens at: the process that makes it dies, or the call fails.
struct FaultPoint: Hashable, Sendable, CustomStringConvertible {
    /// Whose calls are counted.
    enum Target: Hashable, Sendable {
        /// The stacker that was started, all its threads, none of its children.
        case frontend
        /// stacker-nsexec and what it starts: newuidmap, build steps, workers.
        case helper
    }

    enum Fault: Hashable, Sendable {
        case killed
        /// The errno, as strace(1) spells it.
        case error(String)
    }

    var target: Target
    var call: String
    /// Which call of this name that a thread makes, from 1.
    var number: Int
    var fault: Fault

    /// For `strace -e`.
    var injection: String {
        switch fault {
        case .killed: "inject=\(call):signal=KILL:when=\(number)"
        case .error(let name): "inject=\(call):error=\(name):when=\(number)"
        }
    }

    var description: String { "\(target), \(injection)" }
}
