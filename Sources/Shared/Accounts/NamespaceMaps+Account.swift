public import HelperProtocol
import LinuxSystem

extension NamespaceMaps {
    /// Ids that a user namespace must have, so that every id of a common image (65534 is `nobody`) exists in it.
    public static let neededIDs: UInt64 = 65_536

    /// Lines of one map; Linux before 4.15 takes five.
    static let lineLimit = 4

    /// The maps for a build of this account: 0 is the account itself, 1 and up are its subordinate ids in order.
    ///
    /// Left out of the ranges: ids that are mapped already, root's, and the one that means "no id".
    ///
    /// - Returns: `nil` for root, who builds without a user namespace.
    public init?(for account: Account, ids: SubordinateIDs) throws(IdentityShortage) {
        guard !account.isRoot else { return nil }
        self.init(
            users: try Self.lines(own: account.uid, ids.users, .users),
            groups: try Self.lines(own: account.gid, ids.groups, .groups))
    }

    private static func lines(
        own: UInt32, _ ranges: [SubordinateRange], _ kind: MappingProgram.Kind
    ) throws(IdentityShortage) -> [IdentityMap] {
        var lines = [IdentityMap(inside: 0, outside: own, count: 1)]
        var next: UInt64 = 1
        for piece in chosen(usablePieces(ranges, own: own)) {
            // Nothing is cut off: the pieces are apart from each other and leave out two ids at least, so all of them
            // together have a number below the last one inside as well.
            lines.append(
                IdentityMap(
                    inside: UInt32(clamping: next), outside: UInt32(clamping: piece.lowerBound),
                    count: UInt32(clamping: piece.count)))
            next += UInt64(piece.count)
        }
        guard next >= neededIDs else { throw IdentityShortage(kind: kind, available: next) }
        return lines
    }

    /// The ranges without what must not be mapped (twice); the kernel refuses a map whose lines overlap.
    private static func usablePieces(_ ranges: [SubordinateRange], own: UInt32) -> [Range<UInt64>] {
        let noID = UInt64(UInt32.max)
        var taken = [0..<1, UInt64(own)..<UInt64(own) + 1, noID..<noID + 1]
        var pieces: [Range<UInt64>] = []
        // More ranges than the kernel takes lines would only make this slow.
        for range in ranges.prefix(340) {
            let free = taken.reduce([range.ids]) { rest, hole in rest.flatMap { without(hole, $0) } }
            pieces += free
            taken += free
        }
        return pieces
    }

    private static func without(_ hole: Range<UInt64>, _ range: Range<UInt64>) -> [Range<UInt64>] {
        guard hole.overlaps(range) else { return [range] }
        return [
            range.lowerBound..<max(range.lowerBound, hole.lowerBound),
            min(range.upperBound, hole.upperBound)..<range.upperBound,
        ].filter { !$0.isEmpty }
    }

    /// All pieces, or as many as there are lines: the first ones where those suffice, else the largest, in order.
    private static func chosen(_ pieces: [Range<UInt64>]) -> [Range<UInt64>] {
        let limit = lineLimit - 1
        let first = Array(pieces.prefix(limit))
        let sum = first.reduce(0) { $0 + $1.count }
        guard pieces.count > limit, UInt64(sum) + 1 < neededIDs else { return first }
        let largest = pieces.enumerated().sorted { $0.element.count > $1.element.count }.prefix(limit)
        return largest.sorted { $0.offset < $1.offset }.map(\.element)
    }
}
