import Accounts
import Checks
import Diagnostics
import SystemPackage
import Testing

@testable import stacker_setup

@Suite struct `The report of stacker-setup status` {
    /// Alice, who has everything, on Debian.
    private func facts(_ change: (inout HostFacts) -> Void = { _ in }) -> HostFacts {
        let ranges = [SubordinateRange(start: 524_288, count: 65_536)].compactMap(\.self)
        var facts = HostFacts(
            account: Account(uid: 1001, gid: 1001, name: "alice"),
            distribution: Distribution(family: .debian, name: "Debian GNU/Linux 12 (bookworm)"),
            userMapper: MappingProgram(kind: .users, path: "/usr/bin/newuidmap", privilege: .setuidRoot),
            groupMapper: MappingProgram(kind: .groups, path: "/usr/bin/newgidmap", privilege: .setuidRoot),
            subordinateIDs: .success(SubordinateIDs(source: .files, users: ranges, groups: ranges)))
        facts.kernel.maximumUserNamespaces = 7_823
        facts.accountFiles.freeRange = SubordinateRange(start: 589_824, count: 65_536)
        change(&facts)
        return facts
    }

    @Test func `ends with ready`() {
        let report = StatusReport(facts())
        #expect(report.isReady)
        #expect(
            report.description == """
                account                   alice (uid 1001)
                host                      Debian GNU/Linux 12 (bookworm)
                user ids                  65536 in /etc/subuid: 524288-589823
                group ids                 65536 in /etc/subgid: 524288-589823
                newuidmap                 /usr/bin/newuidmap, setuid root
                newgidmap                 /usr/bin/newgidmap, setuid root
                user.max_user_namespaces  7823

                ready: alice can build
                """)
    }

    @Test func `ends with the commands to run, each once`() {
        let report = StatusReport(
            facts {
                $0.subordinateIDs = .success(SubordinateIDs(source: .files, users: [], groups: []))
                $0.userMapper = MappingProgram(kind: .users, path: nil, privilege: .none)
                $0.groupMapper = MappingProgram(kind: .groups, path: nil, privilege: .none)
                $0.accountFiles.malformedUserLines = [3, 7]
                $0.kernel.maximumUserNamespaces = 0
            })
        #expect(!report.isReady)
        #expect(
            report.description == """
                account                   alice (uid 1001)
                host                      Debian GNU/Linux 12 (bookworm)
                user ids                  none in /etc/subuid
                group ids                 none in /etc/subgid
                newuidmap                 not installed
                newgidmap                 not installed
                user.max_user_namespaces  0

                note: /etc/subuid has lines that are not entries: 3, 7

                not ready: this host does not let you make a user namespace: user.max_user_namespaces is 0 [NS-02]
                not ready: newuidmap is not installed: it gives a build the ids of its files [ID-01]
                not ready: too few subordinate user ids for alice: /etc/subuid gives none of 65536 [ID-05]

                to make it ready:
                  echo user.max_user_namespaces=28633 | sudo tee -a /etc/sysctl.d/99-stacker.conf && sudo sysctl -p \
                /etc/sysctl.d/99-stacker.conf
                  sudo apt install uidmap
                  sudo usermod --add-subuids 589824-655359 --add-subgids 589824-655359 alice
                """)
    }

    @Test func `shows a service in place of the files`() {
        let report = StatusReport(
            facts {
                $0.subordinateIDs = .success(SubordinateIDs(source: .service("sss"), users: [], groups: []))
                $0.userMapper.privilege = .fileCapability
                $0.groupMapper.isOnNosuidMount = true
            })
        let lines = report.description.split(separator: "\n")
        #expect(lines.contains("user ids                  none in service sss"))
        #expect(lines.contains("newuidmap                 /usr/bin/newuidmap, file capability"))
        #expect(lines.contains("newgidmap                 /usr/bin/newgidmap, setuid root, on a nosuid mount"))
        #expect(
            lines.last == """
                  # ask those who run `sss` for 65536 subordinate ids; with FreeIPA: `ipa subid-generate --owner=alice`
                """)
    }

    @Test func `shows nothing that could move the cursor`() {
        let report = StatusReport(
            facts {
                $0.account.name = "a\u{1b}[2J"
                $0.distribution.name = "x\r\ny"
            })
        #expect(!report.description.utf8.contains { $0 < 0x20 && $0 != UInt8(ascii: "\n") })
    }
}
