/// Which places can be reached from which, along what they need.
struct Reachability: Sendable {
    /// For each place one bit for every place.
    private let bits: [[UInt64]]

    /// `order` has every place after those it needs.
    init(needs: [[Int]], order: [Int]) {
        var bits = [[UInt64]](repeating: [UInt64](repeating: 0, count: (needs.count + 63) / 64), count: needs.count)
        for place in order {
            for need in needs[place] {
                bits[place][need / 64] |= 1 << UInt64(need % 64)
                for word in bits[need].indices { bits[place][word] |= bits[need][word] }
            }
        }
        self.bits = bits
    }

    /// Whether `place` is needed by `start`, or by something that it needs.
    func contains(_ place: Int, from start: Int) -> Bool { bits[start][place / 64] >> UInt64(place % 64) & 1 == 1 }
}
