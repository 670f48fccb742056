import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
@testable import Sandbox
import Testing

@Suite struct NamespaceTests {
    @Test(.enabled(if: TestUser.ordinary != nil, "needs a user with subordinate ids"))
    func `the maps of a namespace are those that were asked for`() throws {
        let user = try #require(TestUser.ordinary)
        let holder = try Helper(.holdNamespace(user.maps), as: user)
        #expect(try holder.reply() == .ready)
        for (file, own, range) in [("uid_map", user.uid, user.users), ("gid_map", user.gid, user.groups)] {
            let text = try String(contentsOfFile: "/proc/\(holder.process)/\(file)", encoding: .utf8)
            let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { UInt32($0) }
            #expect(numbers == [0, own, 1, 1, range, 65_535])
        }
        holder.hangUp()
        #expect(try holder.exitStatus() == 0)
    }

    @Test(.enabled(if: TestUser.ordinary != nil, "needs a user with subordinate ids"))
    func `ids that are not the user's are refused in the words of newuidmap and newgidmap`() throws {
        let user = try #require(TestUser.ordinary)
        let foreign = [IdentityMap(inside: 0, outside: 4_000_000_000, count: 10)]
        for (maps, stage, program) in [
            (NamespaceMaps(users: foreign, groups: user.maps.groups), HelperFailure.Stage.mapUsers, "newuidmap"),
            (NamespaceMaps(users: user.maps.users, groups: foreign), .mapGroups, "newgidmap"),
        ] {
            let holder = try Helper(.holdNamespace(maps), as: user)
            guard case .failed(let failure) = try holder.reply() else {
                Issue.record("mapped foreign ids")
                continue
            }
            #expect(failure.stage == stage)
            #expect(failure.call == program)
            #expect(failure.detail.contains("not allowed"))
            #expect(try holder.exitStatus() == 71 << 8)
        }
    }

    @Test func `the map programs get the process and then each line of the map`() {
        let maps = [
            IdentityMap(inside: 0, outside: 1000, count: 1), IdentityMap(inside: 1, outside: .max, count: 65_536),
        ]
        #expect(
            MapProgram.arguments(77, maps) == ["77", "0", "1000", "1", "1", "4294967295", "65536"])
    }

    @Test(
        arguments: [
            ("3", 3), ("2147483647", 2_147_483_647), ("2", nil), ("03", nil), ("+3", nil), ("-3", nil), ("", nil),
            ("3 ", nil), ("0x3", nil), ("٣", nil), ("2147483648", nil), ("99999999999999999999", nil),
        ] as [(String, CInt?)])
    func `the channel is a plain decimal number`(text: String, number: CInt?) {
        #expect(HelperProgram.descriptorNumber(text) == number)
    }
}
