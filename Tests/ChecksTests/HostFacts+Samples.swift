import Accounts
import Checks
import Diagnostics
import SystemPackage

extension HostFacts {
    /// An account `alice` that has everything, on a host that allows everything.
    static func sample(_ family: Distribution.Family = .debian, ids: UInt32 = 65_536) -> HostFacts {
        let ranges = [SubordinateRange(start: 524_288, count: ids)].compactMap(\.self)
        var facts = HostFacts(
            account: Account(uid: 1001, gid: 1001, name: "alice"),
            distribution: Distribution(family: family, name: "Sample"),
            userMapper: MappingProgram(kind: .users, path: "/usr/bin/newuidmap", privilege: .setuidRoot),
            groupMapper: MappingProgram(kind: .groups, path: "/usr/bin/newgidmap", privilege: .setuidRoot),
            subordinateIDs: .success(SubordinateIDs(source: .files, users: ranges, groups: ranges)))
        facts.accountFiles.freeRange = SubordinateRange(start: 589_824, count: 65_536)
        return facts
    }

    func with(_ change: (inout HostFacts) -> Void) -> HostFacts {
        var facts = self
        change(&facts)
        return facts
    }
}
