/// Which job may begin when: each after those it needs, the earliest first, so many at a time.
///
/// Jobs are known by their place in build order. A value without any concurrency of its own, so that tests can lead it
/// through every course that a build may take.
struct JobOrder: Hashable, Sendable {
    private let limit: Int
    /// For each job those that need it.
    private let dependents: [[Int]]
    /// For each job how many of those it needs are not done yet.
    private var missing: [Int]
    /// Jobs that could begin, the earliest last.
    private var ready: [Int]
    private var begun: Set<Int> = []
    private(set) var running: Set<Int> = []
    private var ended: Set<Int> = []
    private var firstUnsettled = 0
    /// Whether nothing begins any more.
    private(set) var isStopped = false

    /// `needs` has for each job the places of those it needs, all before its own; `limit` is at least 1.
    init(needs: [[Int]], limit: Int) {
        self.limit = max(1, limit)
        var dependents = [[Int]](repeating: [], count: needs.count)
        for (place, needed) in needs.enumerated() {
            for other in Set(needed) where other < place { dependents[other].append(place) }
        }
        self.dependents = dependents
        missing = needs.enumerated().map { place, needed in Set(needed).count { $0 < place } }
        ready = missing.indices.reversed().filter { [missing] in missing[$0] == 0 }
    }

    /// The next job to begin; `nil` when one that runs must end first, or none is left.
    mutating func next() -> Int? {
        guard !isStopped, running.count < limit, let place = ready.popLast() else { return nil }
        begun.insert(place)
        running.insert(place)
        return place
    }

    /// A job has ended; after one that failed nothing begins any more.
    mutating func end(_ place: Int, succeeded: Bool) {
        guard running.remove(place) != nil else { return }
        ended.insert(place)
        guard succeeded else { return stop() }
        for dependent in dependents[place] {
            missing[dependent] -= 1
            if missing[dependent] == 0 { insert(dependent) }
        }
    }

    mutating func stop() { isStopped = true }

    /// The next place that is settled: it, and each job before it, has ended or will never begin.
    ///
    /// Places come in order, each once; `nil` when the next one is not settled yet.
    mutating func settle() -> Int? {
        let place = firstUnsettled
        guard place < missing.count, ended.contains(place) || (isStopped && !begun.contains(place)) else { return nil }
        firstUnsettled += 1
        return place
    }

    private mutating func insert(_ place: Int) {
        let position = ready.lastIndex { $0 > place }.map { $0 + 1 } ?? 0
        ready.insert(place, at: position)
    }
}
