import Diagnostics

/// What keeps a user namespace from being made or used.
extension Finding {
    private static let noNamespace = "this host does not let you make a user namespace"
    /// What systemd and the larger distributions choose on a machine of common size.
    private static let commonMaximum = "28633"

    static func noUserNamespaces(_ facts: HostFacts) -> Finding {
        Finding(
            "NS-01", noNamespace, because: "the kernel is built without CONFIG_USER_NS",
            fix: .advice("boot a kernel that has user namespaces, or run stacker as root"))
    }

    static func tooManyUserNamespaces(_ facts: HostFacts) -> Finding {
        let setting = "user.max_user_namespaces"
        let cause =
            switch facts.kernel.maximumUserNamespaces {
            case 0: "\(setting) is 0"
            case .some(let value): "\(setting) is \(value), and as many exist or they are nested too deep"
            case nil: "as many exist as the kernel allows"
            }
        return Finding("NS-02", noNamespace, because: cause, fix: facts.distribution.set(setting, to: commonMaximum))
    }

    static func tooManyMountNamespaces(_ facts: HostFacts) -> Finding {
        let setting = "user.max_mnt_namespaces"
        return Finding(
            "NS-07", "this host does not let you make a mount namespace",
            because: facts.kernel.maximumMountNamespaces.map { "\(setting) is \($0)" }
                ?? "as many exist as the kernel allows",
            fix: facts.distribution.set(setting, to: commonMaximum))
    }

    static func forbiddenBySetting(_ facts: HostFacts) -> Finding {
        let setting = "kernel.unprivileged_userns_clone"
        return Finding(
            "NS-03", noNamespace, because: "\(setting) is 0", fix: facts.distribution.set(setting, to: "1"))
    }

    /// AppArmor of Ubuntu lets anyone make a user namespace, and takes all capabilities in it away.
    static func restrictedByAppArmor(_ facts: HostFacts) -> Finding {
        let setting = "kernel.apparmor_restrict_unprivileged_userns"
        let cause =
            "\(setting) is 1, so that AppArmor leaves a user namespace without capabilities, and stacker-nsexec has no "
            + "profile that allows it"
        let fix: Fix =
            facts.accountFiles.hasAppArmorProfile
            ? .command("sudo apparmor_parser -r /etc/apparmor.d/stacker-nsexec")
            : facts.distribution.set(setting, to: "0")
        return Finding("NS-06", "AppArmor does not let stacker use a user namespace", because: cause, fix: fix)
    }

    static func confined(_ facts: HostFacts) -> Finding {
        guard let label = facts.process.appArmorLabel else {
            return Finding(
                "NS-05", noNamespace, because: "a security module, such as SELinux or AppArmor, forbids it",
                fix: .advice("look for the denial with `sudo dmesg`, and run stacker unconfined"))
        }
        return Finding(
            "NS-05", noNamespace, because: "AppArmor profile `\(label)` forbids it",
            fix: .advice(
                "run stacker without that profile; in a container: `docker run --security-opt apparmor=unconfined "
                    + "--security-opt seccomp=unconfined --security-opt systempaths=unconfined`"))
    }

    static func filtered(_ facts: HostFacts) -> Finding {
        Finding(
            "NS-04", noNamespace, because: "a system call filter forbids it, as containers and hardened services have",
            fix: .advice(
                "run stacker outside of it, remove `RestrictNamespaces=` and `SystemCallFilter=` from the unit, or use "
                    + "`docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
                    + "--security-opt systempaths=unconfined`"))
    }

    /// Root of a container that has taken the capabilities away.
    static func rootWithoutCapabilities(_ summary: String) -> Finding {
        Finding(
            "NS-09", summary, because: "this root lacks CAP_SYS_ADMIN, as in a container",
            fix: .advice(
                "run stacker as an ordinary user, or use `docker run --cap-add SYS_ADMIN --security-opt "
                    + "apparmor=unconfined --security-opt seccomp=unconfined`"))
    }

    /// What the facts alone say against making a user namespace; the first is the one to mend first.
    static func namespaceBlockers(_ facts: HostFacts) -> [Finding] {
        guard facts.kernel.hasUserNamespaces else { return [noUserNamespaces(facts)] }
        var findings: [Finding] = []
        if facts.kernel.unprivilegedUserNamespaces == 0 { findings.append(forbiddenBySetting(facts)) }
        if facts.kernel.maximumUserNamespaces == 0 { findings.append(tooManyUserNamespaces(facts)) }
        if facts.kernel.maximumMountNamespaces == 0 { findings.append(tooManyMountNamespaces(facts)) }
        if facts.kernel.appArmorRestriction == 1, !facts.accountFiles.hasAppArmorProfile {
            findings.append(restrictedByAppArmor(facts))
        }
        return findings
    }
}
