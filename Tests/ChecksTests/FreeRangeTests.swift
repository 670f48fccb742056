import Accounts
import Testing

@testable import Checks

@Suite struct `A free range of ids` {
    private func ranges(_ pairs: [[UInt32]]) throws -> [SubordinateRange] {
        try pairs.map { try #require(SubordinateRange(start: $0[0], count: $0[1])) }
    }

    @Test(
        arguments: [
            ([], [], [], "524288-589823"),
            ([[100_000, 65_536]], [], [], "524288-589823"),
            ([[524_288, 65_536]], [], [], "589824-655359"),
            ([], [[524_288, 65_536]], [], "589824-655359"),
            ([[524_288, 65_536]], [[589_824, 65_536]], [], "655360-720895"),
            ([[524_287, 1]], [], [], "524288-589823"),
            ([[100_000, 424_289]], [], [], "589824-655359"),
            ([[589_823, 1]], [], [], "589824-655359"),
            ([[589_824, 1]], [], [], "524288-589823"),
            // Not aligned, overlapping, out of order, inside each other.
            ([[700_000, 65_536], [530_000, 200_000], [540_000, 10]], [], [], "786432-851967"),
            ([], [], [600_000], "524288-589823"),
            ([], [], [524_288, 524_289], "589824-655359"),
            ([[0, 4_294_967_295]], [], [], nil),
            ([[524_288, 1_878_523_904]], [], [], nil),
            ([[524_288, 1_878_458_368]], [], [], "1878982656-1879048191"),
            ([[524_288, 1_878_458_369]], [], [], nil),
        ] as [([[UInt32]], [[UInt32]], [UInt32], String?)])
    func `is the lowest aligned one that nobody has`(
        _ users: [[UInt32]], _ groups: [[UInt32]], _ accounts: [UInt32], _ expected: String?
    ) throws {
        let range = SubordinateRange.free(users: try ranges(users), groups: try ranges(groups), accounts: accounts)
        #expect(range?.description == expected)
    }
}
