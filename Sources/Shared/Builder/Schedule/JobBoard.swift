import Synchronization

/// The jobs of a build, shared by those that run and by who starts them.
final class JobBoard: Sendable {
    private struct State {
        var order: JobOrder
        /// Jobs that want to be alone.
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// The job that is alone until it ends.
        var alone: Int?
        /// Jobs that have ended and whose output is not printed yet.
        var leaving: Set<Int> = []

        /// Whose turn it is to be alone, if nothing else is under way.
        mutating func admit() -> CheckedContinuation<Void, Never>? {
            guard alone == nil, leaving.isEmpty, let first = waiting.keys.min(),
                order.running.isSubset(of: waiting.keys)
            else { return nil }
            alone = first
            return waiting.removeValue(forKey: first)
        }
    }

    private let state: Mutex<State>

    init(needs: [[Int]], limit: Int) { state = Mutex(State(order: JobOrder(needs: needs, limit: limit))) }

    /// The next job to begin; `nil` when one that runs must end first, or none is left.
    func next() -> Int? { state.withLock { $0.order.next() } }

    /// A job has ended; after one that failed nothing begins any more.
    ///
    /// Call ``leave(_:)`` when what it left is printed: until then no other is let alone.
    func end(_ place: Int, succeeded: Bool) {
        state.withLock { state in
            state.leaving.insert(place)
            state.order.end(place, succeeded: succeeded)
        }
    }

    /// The next place whose outcome, and that of all before it, is known; each is returned once.
    func settle() -> Int? { state.withLock { $0.order.settle() } }

    /// Whether nothing begins any more.
    var isStopped: Bool { state.withLock { $0.order.isStopped } }

    func stop() { state.withLock { $0.order.stop() } }

    /// Nothing of this job is left to do.
    func leave(_ place: Int) {
        state.withLock { state in
            state.leaving.remove(place)
            if state.alone == place { state.alone = nil }
            return state.admit()
        }?.resume()
    }

    /// Lets nothing begin any more, and returns when this job is the only one that does anything.
    ///
    /// It stays alone until it ends; of several that wait the earliest comes first.
    func beAlone(_ place: Int) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                state.order.stop()
                state.waiting[place] = continuation
                return state.admit()
            }?.resume()
        }
    }
}
