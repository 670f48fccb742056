import HelperProtocol
import LinuxSystem
import Testing

@testable import Accounts

/// `inside outside count`, as uid_map has it.
private func lines(_ maps: [IdentityMap]) -> [String] { maps.map { "\($0.inside) \($0.outside) \($0.count)" } }

private func range(_ start: UInt32, _ count: UInt32) throws -> SubordinateRange {
    try #require(SubordinateRange(start: start, count: count))
}

/// Ranges as pairs, because an argument of a test is a constant.
private func userMap(own: UInt32 = 1000, _ pairs: [[UInt32]]) throws -> [String] {
    let ids = SubordinateIDs(
        source: .files, users: try pairs.map { try range($0[0], $0[1]) }, groups: [try range(524_288, 65_536)])
    let maps = try NamespaceMaps(for: Account(uid: own, gid: 1000), ids: ids)
    return lines(try #require(maps).users)
}

@Suite struct `The maps of a user namespace` {
    @Test(
        arguments: [
            // One range, as useradd gives it.
            ([[524_288, 65_536]], ["0 1000 1", "1 524288 65536"]),
            // One id less is enough: the account itself is the first of 65536.
            ([[524_288, 65_535]], ["0 1000 1", "1 524288 65535"]),
            // Several, in their order, without gaps inside.
            ([[900_000, 40_000], [100_000, 30_000]], ["0 1000 1", "1 900000 40000", "40001 100000 30000"]),
            // The caller's own id is mapped already.
            ([[1000, 65_536]], ["0 1000 1", "1 1001 65535"]),
            ([[999, 65_537]], ["0 1000 1", "1 999 1", "2 1001 65535"]),
            // Neither is root's id given away, nor the one that means none.
            ([[0, 65_538]], ["0 1000 1", "1 1 999", "1000 1001 64537"]),
            ([[4_294_901_759, 65_537]], ["0 1000 1", "1 4294901759 65536"]),
            // The same ids twice, and overlapping ones.
            ([[524_288, 65_536], [524_288, 65_536]], ["0 1000 1", "1 524288 65536"]),
            (
                [[524_288, 65_536], [524_000, 66_000]],
                ["0 1000 1", "1 524288 65536", "65537 524000 288", "65825 589824 176"]
            ),
            // The first three suffice.
            (
                [[100_000, 65_536], [200_000, 1], [300_000, 1], [400_000, 65_536]],
                ["0 1000 1", "1 100000 65536", "65537 200000 1", "65538 300000 1"]
            ),
            // They do not: the largest three, in the order of the file.
            (
                [[100_000, 10], [200_000, 20], [300_000, 30], [400_000, 65_536], [500_000, 5]],
                ["0 1000 1", "1 200000 20", "21 300000 30", "51 400000 65536"]
            ),
            // All ids that there are.
            ([[1001, 4_294_966_294], [1, 999]], ["0 1000 1", "1 1001 4294966294", "4294966295 1 999"]),
        ] as [([[UInt32]], [String])])
    func `give 0 to the account and then its ranges`(_ pairs: [[UInt32]], _ expected: [String]) throws {
        #expect(try userMap(pairs) == expected)
    }

    @Test(
        arguments: [
            ([], 1),
            ([[524_288, 1_000]], 1_001),
            ([[524_288, 65_534]], 65_535),
            ([[999, 65_535]], 65_535),
            ([[524_288, 20_000], [524_288, 20_000], [524_288, 20_000], [524_288, 20_000]], 20_001),
            ([[100_000, 20_000], [200_000, 20_000], [300_000, 20_000], [400_000, 20_000]], 60_001),
        ] as [([[UInt32]], UInt64)])
    func `are refused with fewer than 65536 ids`(_ pairs: [[UInt32]], _ available: UInt64) {
        #expect(throws: IdentityShortage(kind: .users, available: available)) { try userMap(pairs) }
    }

    @Test func `say which kind of ids is short`() throws {
        let ids = SubordinateIDs(source: .files, users: [try range(524_288, 65_536)], groups: [])
        #expect(throws: IdentityShortage(kind: .groups, available: 1)) {
            try NamespaceMaps(for: Account(uid: 1000, gid: 1000), ids: ids)
        }
    }

    @Test func `map groups around the account's own group`() throws {
        let ids = SubordinateIDs(
            source: .files, users: [try range(524_288, 65_536)], groups: [try range(524_288, 65_536)])
        let maps = try NamespaceMaps(for: Account(uid: 1000, gid: 524_289), ids: ids)
        #expect(maps.map { lines($0.groups) } == ["0 524289 1", "1 524288 1", "2 524290 65534"])
    }

    @Test func `do not exist for root, who needs no namespace`() throws {
        let none = SubordinateIDs(source: .files, users: [], groups: [])
        #expect(try NamespaceMaps(for: Account(uid: 0, gid: 0), ids: none) == nil)
    }

    @Test func `never overlap, whatever the ranges are`() throws {
        for _ in 0..<300 {
            let own = UInt32.random(in: 1...2_000)
            let pairs = (0..<Int.random(in: 1...8)).map { _ in [UInt32.random(in: 0...3_000), .random(in: 1...70_000)] }
            let ids = SubordinateIDs(
                source: .files, users: try pairs.map { try range($0[0], $0[1]) }, groups: [try range(524_288, 65_536)])
            // Too few is an answer as well.
            guard let maps = try? NamespaceMaps(for: Account(uid: own, gid: 1000), ids: ids) else { continue }
            let outside = maps.users.map { UInt64($0.outside)..<UInt64($0.outside) + UInt64($0.count) }
            for (index, one) in outside.enumerated() {
                #expect(!outside.dropFirst(index + 1).contains { $0.overlaps(one) }, "\(own) \(pairs)")
            }
            #expect(maps.users.count <= 4)
        }
    }
}
