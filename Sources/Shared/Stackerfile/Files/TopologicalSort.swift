/// Puts places in an order in which each comes after those it needs; without recursion, for chains of any length.
///
/// The order is the reverse of that in which a depth-first walk leaves the places, which goes from each place to those
/// that need it, and takes the places of one choice in the order that `isBefore` gives.
struct TopologicalSort {
    /// Every place once; meaningless where there is a cycle.
    let order: [Int]
    /// Places each of which needs the next one, and the last one the first.
    let cycles: [[Int]]

    /// `needs` has for each place those it needs.
    init(needs: [[Int]], isBefore: (Int, Int) -> Bool) {
        let sorted = needs.indices.sorted(by: isBefore)
        var dependents = [[Int]](repeating: [], count: needs.count)
        for place in sorted {
            for need in Set(needs[place]) { dependents[need].append(place) }
        }
        var walk = Walk(dependents: dependents)
        for place in sorted { walk.go(from: place) }
        order = walk.left.reversed()
        cycles = walk.cycles
    }

    private struct Walk {
        enum State { case new, open, left }

        let dependents: [[Int]]
        var states: [State]
        var left: [Int] = []
        var cycles: [[Int]] = []

        init(dependents: [[Int]]) {
            self.dependents = dependents
            states = [State](repeating: .new, count: dependents.count)
        }

        mutating func go(from start: Int) {
            guard states[start] == .new else { return }
            states[start] = .open
            var path = [(place: start, next: 0)]
            while let (place, next) = path.last {
                guard next < dependents[place].count else {
                    states[place] = .left
                    left.append(place)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let dependent = dependents[place][next]
                switch states[dependent] {
                case .left: break
                case .new:
                    states[dependent] = .open
                    path.append((dependent, 0))
                case .open:
                    // From the dependent along the path to here each is needed by the next; the other way round each
                    // needs the next. Begin with the one that the walk met first.
                    let ring = path.map(\.place).drop { $0 != dependent }
                    cycles.append([dependent] + ring.dropFirst().reversed())
                }
            }
        }
    }
}
