import Accounts
import Checks
import Diagnostics

/// What `stacker-setup status` prints of an account.
struct StatusReport: CustomStringConvertible {
    private let facts: HostFacts
    private let findings: [Finding]

    init(_ facts: HostFacts) {
        self.facts = facts
        findings = Finding.blockers(facts)
    }

    /// Nothing that can be seen from outside speaks against a build.
    var isReady: Bool { findings.isEmpty }

    /// A table of what there is, what is wrong with it, and in the end `ready` or the commands to run.
    var description: String {
        let width = rows.map(\.0.utf8.count).max() ?? 0
        let table = rows.map { name, value in
            name + String(repeating: " ", count: width + 2 - name.utf8.count) + value
        }
        return (table + [""] + notes + conclusion).joined(separator: "\n")
    }

    private var rows: [(String, String)] {
        var rows = [
            ("account", "\(facts.account) (uid \(facts.account.uid))"),
            ("host", facts.distribution.name.description),
        ]
        switch facts.subordinateIDs {
        case .success(let ids):
            rows.append(("user ids", Self.text(ids.users, source: ids.source, file: "/etc/subuid")))
            rows.append(("group ids", Self.text(ids.groups, source: ids.source, file: "/etc/subgid")))
        case .failure: rows.append(("user and group ids", "unknown"))
        }
        rows += [facts.userMapper, facts.groupMapper].map { ($0.kind.name, Self.text($0)) }
        let settings = [
            ("user.max_user_namespaces", facts.kernel.maximumUserNamespaces),
            ("user.max_mnt_namespaces", facts.kernel.maximumMountNamespaces),
            ("kernel.unprivileged_userns_clone", facts.kernel.unprivilegedUserNamespaces),
            ("kernel.apparmor_restrict_unprivileged_userns", facts.kernel.appArmorRestriction),
        ]
        // A setting that this kernel does not have limits nothing.
        rows += settings.compactMap { name, value in value.map { (name, String($0)) } }
        return rows
    }

    private var notes: [String] {
        let files = facts.accountFiles
        let lines = [("/etc/subuid", files.malformedUserLines), ("/etc/subgid", files.malformedGroupLines)]
        let notes = lines.filter { !$0.1.isEmpty }.map { file, numbers in
            let shown = numbers.prefix(10).map(String.init).joined(separator: ", ") + (numbers.count > 10 ? ", …" : "")
            return "note: \(file) has lines that are not entries: \(shown)"
        }
        return notes.isEmpty ? [] : notes + [""]
    }

    private var conclusion: [String] {
        guard !isReady else {
            let how = facts.account.isRoot ? "builds without a user namespace" : "can build"
            return ["ready: \(facts.account) \(how)"]
        }
        var lines = findings.map { "not ready: \($0.summary): \($0.cause) [\($0.id)]" }
        var fixes: [String] = []
        for fix in findings.compactMap(\.fix) {
            let text =
                switch fix {
                case .command(let command): "  \(command)"
                case .advice(let sentence): "  # \(sentence)"
                }
            if !fixes.contains(text) { fixes.append(text) }
        }
        if !fixes.isEmpty { lines += ["", "to make it ready:"] + fixes }
        return lines
    }

    private static func text(_ ranges: [SubordinateRange], source: SubordinateIDSource, file: String) -> String {
        let place =
            switch source {
            case .files: file
            case .service(let service): "service \(service)"
            }
        guard !ranges.isEmpty else { return "none in \(place)" }
        let count = ranges.reduce(UInt64(0)) { $0 + UInt64($1.count) }
        let shown = ranges.prefix(4).map(\.description).joined(separator: ", ") + (ranges.count > 4 ? ", …" : "")
        return "\(count) in \(place): \(shown)"
    }

    private static func text(_ program: MappingProgram) -> String {
        guard let path = program.path else { return "not installed" }
        let privilege =
            switch program.privilege {
            case .setuidRoot: "setuid root"
            case .fileCapability: "file capability"
            case .none: "no privilege"
            }
        return "\(path), \(privilege)\(program.isOnNosuidMount ? ", on a nosuid mount" : "")"
    }
}
