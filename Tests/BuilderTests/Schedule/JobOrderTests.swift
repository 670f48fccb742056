import Testing

@testable import Builder

@Suite struct `The order of jobs` {
    /// Begins what may begin, again and again, and ends jobs as `ends` says; returns what began after each end.
    private func course(_ needs: [[Int]], limit: Int, ends: [(place: Int, succeeds: Bool)]) -> [[Int]] {
        var order = JobOrder(needs: needs, limit: limit)
        func begin() -> [Int] {
            var begun: [Int] = []
            while let place = order.next() { begun.append(place) }
            return begun
        }
        var waves = [begin()]
        for end in ends {
            order.end(end.place, succeeded: end.succeeds)
            waves.append(begin())
        }
        return waves
    }

    @Test(
        arguments: [
            // nothing to do; no limit below 1
            (needs: [], limit: 4, ends: [], begins: [[]]),
            (needs: [[], []], limit: 0, ends: [0], begins: [[0], [1]]),
            // independent images, as many as allowed, the earliest first
            (needs: [[], [], [], []], limit: 2, ends: [1, 0], begins: [[0, 1], [2], [3]]),
            // a chain, however many are allowed
            (needs: [[], [0], [1]], limit: 8, ends: [0, 1, 2], begins: [[0], [1], [2], []]),
            // a diamond: the last one waits for both sides
            (needs: [[], [0], [0], [1, 2]], limit: 8, ends: [0, 2, 1], begins: [[0], [1, 2], [], [3]]),
            // what becomes possible late but stands early goes first
            (needs: [[], [0], [], [], []], limit: 1, ends: [0, 1], begins: [[0], [1], [2]]),
            (needs: [[], [], [0], [], []], limit: 2, ends: [0, 1], begins: [[0, 1], [2], [3]]),
            // one job at a time is build order
            (needs: [[], [0], [], [2]], limit: 1, ends: [0, 1, 2, 3], begins: [[0], [1], [2], [3], []]),
            // needed twice counts once
            (needs: [[], [0, 0]], limit: 2, ends: [0], begins: [[0], [1]]),
        ] as [(needs: [[Int]], limit: Int, ends: [Int], begins: [[Int]])])
    func `begins each after those it needs`(_ row: (needs: [[Int]], limit: Int, ends: [Int], begins: [[Int]])) {
        #expect(course(row.needs, limit: row.limit, ends: row.ends.map { ($0, true) }) == row.begins)
    }

    @Test func `begins nothing after a failure, and lets the others end`() {
        let waves = course([[], [], [], [0]], limit: 2, ends: [(1, false), (0, true)])
        #expect(waves == [[0, 1], [], []])
    }

    /// Settled places after each end.
    private func settled(_ needs: [[Int]], limit: Int, ends: [(place: Int, succeeds: Bool)]) -> [[Int]] {
        var order = JobOrder(needs: needs, limit: limit)
        return ends.map { end in
            while order.next() != nil {}
            order.end(end.place, succeeded: end.succeeds)
            var places: [Int] = []
            while let place = order.settle() { places.append(place) }
            return places
        }
    }

    @Test func `settles places in order, however they end`() {
        #expect(
            settled([[], [], [], []], limit: 4, ends: [(2, true), (1, true), (0, true), (3, true)])
                == [[], [], [0, 1, 2], [3]])
    }

    @Test func `settles what never begins once something has failed`() {
        // 1 needs 0, and never begins: 2, which had ended, need not wait for it, nor does anybody for 3.
        #expect(settled([[], [0], [], [2]], limit: 2, ends: [(2, false), (0, true)]) == [[], [0, 1, 2, 3]])
        #expect(settled([[], [0], [1]], limit: 2, ends: [(0, false)]) == [[0, 1, 2]])
    }

    @Test func `takes a thousand jobs that all need one`() {
        let needs = [[]] + [[Int]](repeating: [0], count: 1_000)
        let waves = course(needs, limit: 10_000, ends: [(0, true)])
        #expect(waves == [[0], Array(1...1_000)])
    }
}
