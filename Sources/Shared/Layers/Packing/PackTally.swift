/// What a walk has counted, and what it had to leave out.
struct PackTally: Hashable, Sendable {
    /// Members other than the root directory itself.
    var entries: UInt64 = 0
    var sockets = 0
    var unwritableAttributes = 0

    /// What was left out, worded for people; each kind once, with a count.
    var warnings: [String] {
        var warnings: [String] = []
        if sockets > 0 {
            warnings.append("left out \(Self.counted(sockets, "socket")): a layer cannot hold them")
        }
        if unwritableAttributes > 0 {
            warnings.append(
                "left out \(Self.counted(unwritableAttributes, "extended attribute")) with \"=\" in the name: "
                    + "a layer cannot hold them")
        }
        return warnings
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}
