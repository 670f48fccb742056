public import Accounts
import Diagnostics
import HelperProtocol

/// What an account lacks: ids of its own to give away, and the programs that may map them.
extension Finding {
    /// The account has fewer ids than a build needs.
    public init(explaining shortage: IdentityShortage, facts: HostFacts) {
        let account = facts.account
        let kind = shortage.kind == .users ? "user" : "group"
        let summary = "too few subordinate \(kind) ids for \(account)"
        let source = (try? facts.subordinateIDs.get())?.source  // Only the wording depends on it.
        if case .service(let service) = source {
            self.init(
                "ID-07", summary,
                because: "service `\(service)`, which /etc/nsswitch.conf names, "
                    + "gives \(Self.amount(shortage)) of \(NamespaceMaps.neededIDs)",
                fix: .advice(
                    "ask those who run `\(service)` for \(NamespaceMaps.neededIDs) subordinate ids; with FreeIPA: "
                        + "`ipa subid-generate --owner=\(ShellWord(account.description))`"))
            return
        }
        let file = shortage.kind == .users ? "/etc/subuid" : "/etc/subgid"
        self.init(
            "ID-05", summary, because: "\(file) gives \(Self.amount(shortage)) of \(NamespaceMaps.neededIDs)",
            fix: Self.giveIDs(to: account, facts))
    }

    /// The source of subordinate ids could not be asked.
    public init(explaining error: SubordinateIDError, facts: HostFacts) {
        let failure = error.explanation
        let fix: Fix? =
            if case .noProgram = error { facts.distribution.installGetsubids } else { nil }
        self.init("ID-08", failure.summary, because: failure.causes.joined(separator: ": "), fix: fix)
    }

    /// newuidmap or newgidmap cannot do its work, as far as its file and our process show; `nil` when all looks well.
    static func mappingProgram(_ program: MappingProgram, _ facts: HostFacts) -> Finding? {
        let name = program.kind.name
        guard let path = program.path else {
            return Finding(
                "ID-01", "\(name) is not installed", because: "it gives a build the ids of its files",
                fix: facts.distribution.installMappingPrograms)
        }
        let summary = "\(name) has no privilege"
        if program.privilege == .none {
            return Finding(
                "ID-02", summary, because: "\(path) is neither setuid root nor does it carry a file capability",
                fix: facts.distribution.repairMappingPrograms)
        }
        if program.isOnNosuidMount {
            return Finding(
                "ID-03", summary, because: "the file system of \(path) is mounted nosuid",
                fix: .advice("mount it without `nosuid`, or run stacker outside of this sandbox"))
        }
        if facts.process.hasNoNewPrivileges {
            return Finding(
                "ID-04", summary, because: "this process was started with no_new_privs",
                fix: .advice(
                    "remove `NoNewPrivileges=` from the unit, or set `allowPrivilegeEscalation: true` in the pod, "
                        + "that stacker runs in"))
        }
        return nil
    }

    /// Which ids newuidmap refuses to map, and how the account gets some.
    static func refusedIDs(_ kind: MappingProgram.Kind, _ detail: String, _ facts: HostFacts) -> Finding {
        do {
            if let ids = try? facts.subordinateIDs.get() {  // Without them its own words have to do.
                _ = try NamespaceMaps(for: facts.account, ids: ids)
            }
        } catch {
            return Finding(explaining: error, facts: facts)
        }
        let file = kind == .users ? "/etc/subuid" : "/etc/subgid"
        return Finding(
            "ID-06", "\(kind.name) refuses the ids of \(facts.account)", because: detail,
            fix: .advice(
                "compare \(file) with `getsubids \(kind == .users ? "" : "-g ")\(ShellWord(facts.account.description))`"
            ))
    }

    private static func amount(_ shortage: IdentityShortage) -> String {
        let subordinate = shortage.available - min(shortage.available, 1)
        return subordinate == 0 ? "none" : "\(subordinate)"
    }

    private static func giveIDs(to account: Account, _ facts: HostFacts) -> Fix? {
        let root = facts.distribution.becomesRootWith
        if facts.process.isInUserNamespace {
            return .advice("run stacker outside of this container, which has only a part of the ids itself")
        }
        if facts.distribution.family == .nixos {
            return .advice(
                "set `users.users.\(ShellWord(account.description)).autoSubUidGidRange = true;` in configuration.nix and run "
                    + "`sudo nixos-rebuild switch`")
        }
        guard let range = facts.accountFiles.freeRange else { return nil }
        if facts.accountFiles.usermodWorks {
            return .command(
                "\(root) usermod --add-subuids \(range) --add-subgids \(range) \(ShellWord(account.description))")
        }
        let owner = account.name == nil || !facts.accountFiles.isLocal ? String(account.uid) : account.description
        return .command(
            "echo \(ShellWord(owner)):\(range.start):\(range.count) | \(root) tee -a /etc/subuid /etc/subgid")
    }
}
