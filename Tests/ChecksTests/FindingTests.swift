import Accounts
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage
import Testing

@testable import Checks

/// A change of the sample's facts, with a name for the list of tests.
struct Circumstance: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (inout HostFacts) -> Void

    init(_ name: String, _ apply: @escaping @Sendable (inout HostFacts) -> Void = { _ in }) {
        testDescription = name
        self.apply = apply
    }

    static let ordinary = Circumstance("an ordinary host")
    static let filtered = Circumstance("a system call filter") { $0.process.hasSystemCallFilter = true }
    static let ubuntu = Circumstance("Ubuntu's restriction") { $0.kernel.appArmorRestriction = 1 }
    static let docker = Circumstance("a Docker container") { $0.process.appArmorLabel = "docker-default (enforce)" }
    static let root = Circumstance("root") { $0.account = Account(uid: 0, gid: 0, name: "root") }
    static let nested = Circumstance("a user namespace") { $0.process.isInUserNamespace = true }
    static let noIDs = Circumstance("no ids") {
        $0.subordinateIDs = .success(SubordinateIDs(source: .files, users: [], groups: []))
    }
    static func roots(on kind: FileSystemKind) -> Circumstance {
        Circumstance("roots on \(kind)") { $0.rootsFileSystem = kind }
    }
}

private let refused = "newuidmap: uid range [1-65537) -> [231072-296608) not allowed"
private let notPermitted = "newuidmap: write to uid_map failed: Operation not permitted"
private let confined = "newuidmap: open of uid_map failed: Permission denied"

@Suite struct `A failure of stacker-nsexec` {
    @Test(
        arguments: [
            (HelperFailure.Stage.newUserNamespace, ENOSPC, "", Circumstance.ordinary, "NS-02"),
            (.newUserNamespace, EUSERS, "", .ordinary, "NS-02"),
            (.newUserNamespace, EPERM, "", .ordinary, "NS-08"),
            (.newUserNamespace, EPERM, "", .filtered, "NS-04"),
            (
                .newUserNamespace, EPERM, "",
                Circumstance("the sysctl, and a filter") {
                    $0.kernel.unprivilegedUserNamespaces = 0
                    $0.process.hasSystemCallFilter = true
                }, "NS-03"
            ),
            (.newUserNamespace, EACCES, "", .ordinary, "NS-05"),
            (.newUserNamespace, EACCES, "", .docker, "NS-05"),
            (.newUserNamespace, EACCES, "", .ubuntu, "NS-06"),
            (
                .newUserNamespace, EINVAL, "",
                Circumstance("no CONFIG_USER_NS") { $0.kernel.hasUserNamespaces = false }, "NS-01"
            ),
            (.newUserNamespace, EINVAL, "", .ordinary, "OP-01"),
            (.newUserNamespace, ENOMEM, "", .ordinary, "OP-01"),
            (.newMountNamespace, EPERM, "", .ubuntu, "NS-06"),
            (
                .newMountNamespace, EPERM, "",
                Circumstance("the profile alone") { $0.process.appArmorLabel = "unprivileged_userns (enforce)" },
                "NS-06"
            ),
            (.newMountNamespace, EPERM, "", .filtered, "NS-04"),
            (.newMountNamespace, EPERM, "", .docker, "NS-05"),
            (.newMountNamespace, ENOSPC, "", .ordinary, "NS-07"),
            (.newNamespaces, EPERM, "", .root, "NS-09"),
            (.mapUsers, 0, refused, .noIDs, "ID-05"),
            (.mapUsers, 0, refused, .ordinary, "ID-06"),
            (
                .mapUsers, 0, refused,
                Circumstance("ids from sss") {
                    $0.subordinateIDs = .success(SubordinateIDs(source: .service("sss"), users: [], groups: []))
                }, "ID-07"
            ),
            (
                .mapUsers, ENOENT, "",
                Circumstance("no newuidmap") {
                    $0.userMapper = MappingProgram(kind: .users, path: nil, privilege: .none)
                },
                "ID-01"
            ),
            (.mapUsers, 0, notPermitted, Circumstance("no privilege") { $0.userMapper.privilege = .none }, "ID-02"),
            (.mapUsers, 0, notPermitted, Circumstance("nosuid") { $0.userMapper.isOnNosuidMount = true }, "ID-03"),
            (
                .mapUsers, 0, notPermitted, Circumstance("no_new_privs") { $0.process.hasNoNewPrivileges = true },
                "ID-04"
            ),
            (.mapUsers, 0, notPermitted, .nested, "ID-09"),
            (.mapUsers, 0, notPermitted, .ordinary, "ID-11"),
            (.mapUsers, 0, confined, .ordinary, "ID-11"),
            (.mapUsers, 0, "newuidmap: Cannot determine your user name.", .ordinary, "ID-10"),
            (.mapUsers, 0, "Segmentation fault", .ordinary, "OP-03"),
            (.mapGroups, 0, "newgidmap: gid range [1-2) -> [3-4) not allowed", .ordinary, "ID-06"),
            (.mapGroups, 0, notPermitted, Circumstance("no privilege") { $0.groupMapper.privilege = .none }, "ID-02"),
            (.mountOverlay, EINVAL, "", .roots(on: .overlay), "OV-01"),
            (.mountOverlay, EACCES, "", .roots(on: .nfs), "OV-02"),
            (.mountOverlay, EROFS, "", .roots(on: .fuse), "OV-02"),
            (.mountOverlay, EINVAL, "", .roots(on: .tmpfs), "OV-03"),
            (.mountOverlay, EOPNOTSUPP, "", .ordinary, "OV-03"),
            (.mountOverlay, EINVAL, "", .roots(on: .ext), "OV-04"),
            (.mountOverlay, ENODEV, "", .ordinary, "OV-05"),
            (.mountOverlay, EPERM, "", .roots(on: .ext), "OV-06"),
            (.mountOverlay, EPERM, "", .root, "NS-09"),
            (.mountOverlay, EROFS, "", .roots(on: .ext), "OV-07"),
            (.mountOverlay, EOVERFLOW, "", .ordinary, "OV-08"),
            (.mountOverlay, EACCES, "", .ordinary, "OV-09"),
            (.mountOverlay, EACCES, "", .docker, "MT-01"),
            (.mountOverlay, ENOMEM, "", .roots(on: .overlay), "OP-08"),
            (.mountOverlay, ENOENT, "", .roots(on: .nfs), "OP-08"),
            (.mountProc, EPERM, "", .ordinary, "MT-02"),
            (.bind, EACCES, "", .docker, "MT-01"),
            (.bind, EACCES, "", .ordinary, "OP-13"),
            (.command, ENOENT, "", .ordinary, "ST-01"),
            (.command, ENOEXEC, "", .ordinary, "ST-02"),
            (.command, EACCES, "", .ordinary, "OP-16"),
        ] as [(HelperFailure.Stage, CInt, String, Circumstance, String)])
    func `has a cause`(
        _ stage: HelperFailure.Stage, _ errno: CInt, _ detail: String, _ circumstance: Circumstance, _ id: String
    ) {
        let failure = HelperFailure(stage, call: "call", errno: errno, detail: detail)
        #expect(Finding(explaining: failure, facts: .sample().with(circumstance.apply)).id == id)
    }

    @Test(arguments: HelperFailure.Stage.allCases)
    func `never makes an empty message`(_ stage: HelperFailure.Stage) {
        for family in Distribution.Family.allCases {
            for errno in [0, EPERM, EACCES, EINVAL, ENOSPC, ENOENT, 9_999, -1] {
                let failure = HelperFailure(stage, call: "call", path: "a\r\nb", errno: errno, detail: "\u{1b}[2J")
                let finding = Finding(explaining: failure, facts: .sample(family))
                let message = finding.explanation.description
                #expect(!finding.summary.isEmpty && !finding.cause.isEmpty)
                #expect(!message.utf8.contains { $0 < 0x20 && $0 != UInt8(ascii: "\n") }, "\(message)")
            }
        }
    }

    @Test func `is told in the kernel's words where no cause is known`() {
        let failure = HelperFailure(.command, call: "execve", path: "/bin/nothing", errno: E2BIG)
        #expect(
            Finding(explaining: failure, facts: .sample()).explanation.description
                == "OP-16 cannot start the command: execve /bin/nothing: Argument list too long")
    }
}

@Suite struct `A finding` {
    @Test func `reads as one message with one hint`() {
        let failure = HelperFailure(.mapUsers, call: "newuidmap", detail: refused)
        let explanation = Finding(explaining: failure, facts: .sample().with(Circumstance.noIDs.apply)).explanation
        #expect(
            explanation.description == """
                ID-05 too few subordinate user ids for alice: /etc/subuid gives none of 65536
                  hint: run `sudo usermod --add-subuids 589824-655359 --add-subgids 589824-655359 alice`
                """)
        #expect(explanation.errorClass == .permission)
    }

    @Test func `names the restriction of Ubuntu and both ways out`() {
        let failure = HelperFailure(.newMountNamespace, call: "unshare", errno: EPERM)
        let facts = HostFacts.sample().with(Circumstance.ubuntu.apply)
        #expect(
            Finding(explaining: failure, facts: facts).explanation.description == """
                NS-06 AppArmor does not let stacker use a user namespace: kernel.apparmor_restrict_unprivileged_userns is 1, so \
                that AppArmor leaves a user namespace without capabilities, and stacker-nsexec has no profile that \
                allows it
                  hint: run `echo kernel.apparmor_restrict_unprivileged_userns=0 | sudo tee -a \
                /etc/sysctl.d/99-stacker.conf && sudo sysctl -p /etc/sysctl.d/99-stacker.conf`
                """)
        let withProfile = facts.with { $0.accountFiles.hasAppArmorProfile = true }
        #expect(
            Finding(explaining: failure, facts: withProfile).fix
                == .command("sudo apparmor_parser -r /etc/apparmor.d/stacker-nsexec"))
    }

    @Test func `points at another roots directory when overlayfs refuses it`() {
        let failure = HelperFailure(.mountOverlay, call: "fsconfig", errno: EINVAL)
        let facts = HostFacts.sample().with { $0.rootsFileSystem = .overlay }
        #expect(
            Finding(explaining: failure, facts: facts).explanation.description == """
                OV-01 cannot mount an overlay in the roots directory: it lies on an overlay itself, as the root of a \
                container does
                  hint: choose a directory on a volume of the host with `--roots-dir`
                """)
    }
}

@Suite struct `The fix for a distribution` {
    @Test(arguments: [
        (Distribution.Family.debian, "run `sudo apt install uidmap`"),
        (.fedora, "run `sudo dnf install shadow-utils`"),
        (.suse, "run `sudo zypper install shadow`"),
        (.arch, "run `sudo pacman -S shadow`"),
        (.alpine, "run `doas apk add shadow-subids`"),
        (.nixos, "set `security.shadow.enable = true;` in configuration.nix and run `sudo nixos-rebuild switch`"),
        (.unknown, "install newuidmap and newgidmap, which are part of shadow"),
    ])
    func `installs newuidmap`(_ family: Distribution.Family, _ expected: String) {
        let facts = HostFacts.sample(family).with {
            $0.userMapper = MappingProgram(kind: .users, path: nil, privilege: .none)
            $0.groupMapper = MappingProgram(kind: .groups, path: nil, privilege: .none)
        }
        #expect(Finding.blockers(facts).map { $0.fix?.description } == [expected])
    }

    @Test(arguments: [
        (Distribution.Family.debian, "run `sudo apt install --reinstall uidmap`"),
        (.fedora, "run `sudo dnf reinstall shadow-utils`"),
        (.suse, "run `sudo zypper install --force shadow`"),
        (.arch, "run `sudo pacman -S shadow`"),
        (.alpine, "run `doas apk fix shadow-subids`"),
        (.nixos, "run `sudo nixos-rebuild switch`, which makes the programs in /run/wrappers/bin again"),
    ])
    func `gives newuidmap its privilege back`(_ family: Distribution.Family, _ expected: String) {
        let facts = HostFacts.sample(family).with { $0.userMapper.privilege = .none }
        #expect(Finding.blockers(facts).map { $0.fix?.description } == [expected])
    }

    @Test(arguments: [
        (
            Distribution.Family.debian, true,
            "sudo usermod --add-subuids 589824-655359 --add-subgids 589824-655359 alice"
        ),
        (.fedora, true, "sudo usermod --add-subuids 589824-655359 --add-subgids 589824-655359 alice"),
        (.alpine, true, "doas usermod --add-subuids 589824-655359 --add-subgids 589824-655359 alice"),
        (.alpine, false, "echo alice:589824:65536 | doas tee -a /etc/subuid /etc/subgid"),
        (.arch, false, "echo alice:589824:65536 | sudo tee -a /etc/subuid /etc/subgid"),
    ])
    func `gives an account ids`(_ family: Distribution.Family, _ usermodWorks: Bool, _ expected: String) {
        let facts = HostFacts.sample(family).with {
            Circumstance.noIDs.apply(&$0)
            $0.accountFiles.usermodWorks = usermodWorks
        }
        #expect(Finding.blockers(facts).map(\.fix) == [.command(expected)])
    }

    @Test func `is a line of configuration on NixOS`() {
        let facts = HostFacts.sample(.nixos).with(Circumstance.noIDs.apply)
        #expect(
            Finding.blockers(facts).map { $0.fix?.description } == [
                "set `users.users.alice.autoSubUidGidRange = true;` in configuration.nix and run "
                    + "`sudo nixos-rebuild switch`"
            ])
    }

    @Test func `names an account of a directory by its uid`() {
        let facts = HostFacts.sample().with {
            Circumstance.noIDs.apply(&$0)
            $0.account.name = "DOM\\o'brien"
            $0.accountFiles.isLocal = false
            $0.accountFiles.usermodWorks = false
        }
        #expect(
            Finding.blockers(facts).map(\.fix)
                == [.command("echo 1001:589824:65536 | sudo tee -a /etc/subuid /etc/subgid")])
    }

    @Test func `is none where no range is free`() {
        let facts = HostFacts.sample().with {
            Circumstance.noIDs.apply(&$0)
            $0.accountFiles.freeRange = nil
        }
        #expect(Finding.blockers(facts).map(\.fix) == [nil])
    }

    @Test(arguments: [
        ("alice", "alice"), ("a.b-c_d@e", "a.b-c_d@e"), ("", "''"), ("$(reboot)", "'$(reboot)'"), ("a b", "'a b'"),
        ("o'brien", #"'o'\''brien'"#), ("DOM\\u", #"'DOM\u'"#), ("e\u{301}", "'e\u{301}'"), ("'", #"''\'''"#),
    ])
    func `quotes a name for the shell`(_ text: String, _ expected: String) {
        #expect(ShellWord(text).description == expected)
    }
}

@Suite struct `What speaks against a build` {
    @Test func `is nothing on a host that is set up`() {
        #expect(Finding.blockers(.sample()) == [])
    }

    @Test func `is nothing for root`() {
        let facts = HostFacts.sample().with { facts in
            for circumstance in [Circumstance.root, .noIDs, .ubuntu] { circumstance.apply(&facts) }
        }
        #expect(Finding.blockers(facts) == [])
    }

    @Test func `is everything at once, the kernel first`() {
        let facts = HostFacts.sample().with {
            $0.kernel.unprivilegedUserNamespaces = 0
            $0.kernel.maximumUserNamespaces = 0
            $0.kernel.maximumMountNamespaces = 0
            $0.kernel.appArmorRestriction = 1
            $0.userMapper.privilege = .none
            $0.groupMapper.isOnNosuidMount = true
            Circumstance.noIDs.apply(&$0)
        }
        #expect(
            Finding.blockers(facts).map(\.id) == ["NS-03", "NS-02", "NS-07", "NS-06", "ID-02", "ID-03", "ID-05"])
    }

    @Test func `is the directory service that cannot be asked`() {
        let facts = HostFacts.sample(.fedora).with { $0.subordinateIDs = .failure(.noProgram(service: "sss")) }
        #expect(
            Finding.blockers(facts) == [
                Finding(
                    "ID-08", "cannot look up subordinate ids",
                    because: "/etc/nsswitch.conf names `sss`: getsubids is not installed",
                    fix: .command("sudo dnf install shadow-utils-subid"))
            ])
    }

    @Test func `is a group range that is too small`() {
        let facts = HostFacts.sample().with {
            $0.subordinateIDs = .success(
                SubordinateIDs(
                    source: .files, users: [SubordinateRange(start: 524_288, count: 65_536)].compactMap(\.self),
                    groups: [SubordinateRange(start: 524_288, count: 1_000)].compactMap(\.self)))
        }
        #expect(Finding.blockers(facts).map(\.cause) == ["/etc/subgid gives 1000 of 65536"])
    }
}

@Suite struct `The facts of a host` {
    @Test func `are read without a failure`() throws {
        let account = try Account.current()
        let facts = HostFacts.read(for: account, roots: "/proc")
        #expect(facts.account == account)
        #expect(facts.kernel.hasUserNamespaces)
        #expect(facts.rootsFileSystem == FileSystemKind(magic: 0x9fa0))
        #expect(HostFacts.read(for: account, roots: "/nonexistent").rootsFileSystem == nil)
    }

    @Test(arguments: [
        ("         0          0 4294967295\n", true),
        ("0 1000 1\n1 100000 65536\n", false),
        ("0 0 65536\n", false),
        ("", false),
    ])
    func `tell a user namespace from the first one`(_ map: String, _ isWhole: Bool) {
        #expect(HostFacts.isWholeMap(Array(map.utf8)) == isWhole)
    }
}
