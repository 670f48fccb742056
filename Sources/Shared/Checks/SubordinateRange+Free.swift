public import Accounts

extension SubordinateRange {
    /// Below this, ids cannot own files in a home directory that systemd-homed mounts.
    private static let firstFree: UInt64 = 524_288
    /// One past the last id of the range that systemd leaves to containers.
    private static let endOfFree: UInt64 = 1_879_048_192
    private static let freeCount: UInt32 = 65_536

    /// The lowest range of 65 536 ids, aligned to its size, that nobody has, as a user or as a group.
    ///
    /// - Parameters:
    ///   - users: The ranges of /etc/subuid, of all accounts.
    ///   - groups: Those of /etc/subgid.
    ///   - accounts: Ids that accounts and groups themselves have.
    /// - Returns: `nil` where nothing is free.
    public static func free(
        users: [SubordinateRange], groups: [SubordinateRange], accounts: [UInt32]
    ) -> SubordinateRange? {
        var taken = (users + groups).map(\.ids)
        taken += accounts.map { UInt64($0)..<UInt64($0) + 1 }
        taken.sort { $0.lowerBound < $1.lowerBound }
        var start = firstFree
        let size = UInt64(freeCount)
        for range in taken where range.upperBound > start {
            guard range.lowerBound < start + size else { break }
            start = (range.upperBound + size - 1) / size * size
        }
        guard start + size <= endOfFree, let first = UInt32(exactly: start) else { return nil }
        return SubordinateRange(start: first, count: freeCount)
    }
}
