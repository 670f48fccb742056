import Accounts
import Diagnostics
public import HelperProtocol
import LinuxSystem
import SystemPackage

extension Finding {
    /// What a failure of stacker-nsexec means on this host.
    ///
    /// Never fails itself: a combination without a known cause says which operation failed, and how.
    public init(explaining failure: HelperFailure, facts: HostFacts) {
        let errno = Errno(rawValue: failure.errno)
        self = Self.known(failure, errno, facts) ?? Self.oddRoot(failure, errno) ?? Self.unknown(failure)
    }

    /// Everything that the facts alone say against building as this account; empty when nothing does.
    ///
    /// Root builds without a user namespace, and so without any of it.
    public static func blockers(_ facts: HostFacts) -> [Finding] {
        guard !facts.account.isRoot else { return [] }
        var findings = namespaceBlockers(facts)
        var programs = [facts.userMapper, facts.groupMapper].compactMap { mappingProgram($0, facts) }
        // One package holds both, and one cause strikes both.
        if programs.count == 2, programs[0].id == programs[1].id, let fix = programs[0].fix, programs[1].fix == fix {
            programs.removeLast()
        }
        findings += programs
        switch facts.subordinateIDs {
        case .failure(let error): findings.append(Finding(explaining: error, facts: facts))
        case .success(let ids):
            do throws(IdentityShortage) {
                _ = try NamespaceMaps(for: facts.account, ids: ids)
            } catch {
                findings.append(Finding(explaining: error, facts: facts))
            }
        }
        return findings
    }

    private static func known(_ failure: HelperFailure, _ errno: Errno, _ facts: HostFacts) -> Finding? {
        switch failure.stage {
        case .newUserNamespace: newUserNamespace(errno, facts)
        case .newMountNamespace, .newNamespaces: laterNamespace(errno, facts)
        case .mapUsers: mapping(failure, facts.userMapper, facts)
        case .mapGroups: mapping(failure, facts.groupMapper, facts)
        case .mountOverlay: overlay(failure, errno, facts)
        case .mountProc: procMount(errno, facts)
        case .becomeRoot, .mountPoint, .mountDev, .mountSys, .bind, .pivot: mount(failure, errno, facts)
        case .command: command(failure, errno)
        case .request, .joinUserNamespace, .privileges, .jail, .removeTrees, .cleanUp: nil
        }
    }

    private static func newUserNamespace(_ errno: Errno, _ facts: HostFacts) -> Finding? {
        switch errno {
        case .noSpace, .tooManyUsers: return tooManyUserNamespaces(facts)
        case .permissionDenied: return facts.isRestrictedByAppArmor ? restrictedByAppArmor(facts) : confined(facts)
        case .notPermitted:
            if facts.kernel.unprivilegedUserNamespaces == 0 { return forbiddenBySetting(facts) }
            if facts.process.hasSystemCallFilter { return filtered(facts) }
            return Finding(
                "NS-08", "this host does not let you make a user namespace",
                because: "the kernel forbids it, as it does in a chroot",
                fix: .advice("run stacker outside of the chroot, or in a container with a root of its own"))
        case .invalidArgument, .noFunction: return facts.kernel.hasUserNamespaces ? nil : noUserNamespaces(facts)
        default: return nil
        }
    }

    /// A namespace made in the new user namespace: where capabilities were taken away, the first one fails.
    private static func laterNamespace(_ errno: Errno, _ facts: HostFacts) -> Finding? {
        switch errno {
        case .noSpace: tooManyMountNamespaces(facts)
        case .notPermitted, .permissionDenied:
            if facts.account.isRoot {
                rootWithoutCapabilities("cannot make the namespaces of a build step")
            } else if facts.isRestrictedByAppArmor {
                restrictedByAppArmor(facts)
            } else if facts.process.hasSystemCallFilter {
                filtered(facts)
            } else {
                confined(facts)
            }
        default: nil
        }
    }

    /// newuidmap says in English what it cannot do; its exit status is 1 for everything.
    private static func mapping(_ failure: HelperFailure, _ program: MappingProgram, _ facts: HostFacts) -> Finding? {
        let name = program.kind.name
        let said = ByteString(failure.detail).description
        if failure.detail.contains("not allowed") { return refusedIDs(program.kind, said, facts) }
        if let finding = mappingProgram(program, facts) { return finding }
        if failure.detail.contains("Cannot determine your user name") {
            return Finding(
                "ID-10", "\(name) does not know you",
                because: "the user database has no entry for uid \(facts.account.uid)",
                fix: .advice("make an account for that uid, or run stacker as an account that exists"))
        }
        if failure.detail.contains("Operation not permitted"), facts.process.isInUserNamespace {
            return Finding(
                "ID-09", "\(name) cannot map the ids of \(facts.account)",
                because: "this process is itself in a user namespace that has only a part of the ids",
                fix: .advice("run stacker outside of this container, or give the account ids that the container has"))
        }
        if failure.detail.contains("Permission denied") || failure.detail.contains("Operation not permitted") {
            return Finding(
                "ID-11", "\(name) is not allowed to map ids", because: said,
                fix: .advice("look with `sudo dmesg` for the security module that confines \(name)"))
        }
        return nil
    }

    /// execve(2) says "no such file" of the interpreter that a script names as well.
    private static func command(_ failure: HelperFailure, _ errno: Errno) -> Finding? {
        let program = failure.path.map { "`\($0)`" } ?? "the command"
        let summary = "cannot start \(program) in the image"
        switch errno {
        case .noSuchFileOrDirectory:
            return Finding(
                "ST-01", summary, because: "the image has no such program, or lacks the shell that runs it",
                fix: .advice("build on an image that has /bin/sh, or import one"))
        case .execFormatError:
            return Finding(
                "ST-02", summary, because: "it is no program for this machine",
                fix: .advice("build on an image for this machine's architecture"))
        default: return nil
        }
    }

    /// A failure without a known cause, in the words of the kernel.
    private static func unknown(_ failure: HelperFailure) -> Finding {
        let call =
            failure.errno == 0
            ? failure.path.map { "\(failure.call) \($0)" } ?? failure.call
            : SystemError(failure.call, failure.path, errno: Errno(rawValue: failure.errno)).description
        let said = ByteString(failure.detail).description
        return Finding(
            "OP-\(failure.stage.number)", "cannot \(failure.stage.doing)",
            because: said.isEmpty ? call : "\(call): \(said)")
    }
}

extension HostFacts {
    /// Whether Ubuntu's restriction is the reason why a namespace has no capabilities.
    var isRestrictedByAppArmor: Bool {
        kernel.appArmorRestriction == 1 || process.appArmorLabel?.description.hasPrefix("unprivileged_userns") == true
    }
}

extension HelperFailure.Stage {
    var number: String { rawValue < 10 ? "0\(rawValue)" : "\(rawValue)" }

    /// What was being done, after "cannot".
    var doing: String {
        switch self {
        case .request: "understand what stacker-nsexec was asked"
        case .newUserNamespace: "make a user namespace"
        case .newMountNamespace: "make a mount namespace"
        case .mapUsers: "map user ids"
        case .mapGroups: "map group ids"
        case .becomeRoot: "become root of the user namespace"
        case .joinUserNamespace: "join the user namespace of the build"
        case .newNamespaces: "make the namespaces of a build step"
        case .mountOverlay: "mount the root file system of a build step"
        case .mountPoint: "make a mount point"
        case .mountProc: "mount /proc"
        case .mountDev: "make /dev"
        case .mountSys: "mount /sys"
        case .bind: "bind a host path"
        case .pivot: "enter the root file system"
        case .privileges: "give up privileges"
        case .command: "start the command"
        case .jail: "start a worker"
        case .removeTrees: "remove files"
        case .cleanUp: "clean up after a build step"
        }
    }
}
