import Accounts
import Diagnostics
import HelperProtocol
import LinuxSystem
import SystemPackage

/// What keeps the file systems of a build step from being mounted.
extension Finding {
    private static let elsewhere = Fix.advice(
        "choose a directory on a local ext4, xfs or btrfs file system with `--roots-dir`")

    private static let refusals: Set<Errno> = [
        .invalidArgument, .notPermitted, .permissionDenied, .notSupported, .readOnlyFileSystem, .overflow,
        .operationNotSupportedByDevice, .ioError, .noData, .directoryNotEmpty, .improperLink,
    ]

    /// Source: the kernel's overlayfs.rst, "Upper file system" and its messages; what each file system does was tried.
    static func overlay(_ failure: HelperFailure, _ errno: Errno, _ facts: HostFacts) -> Finding? {
        let summary = "cannot mount an overlay in the roots directory"
        let kind = facts.rootsFileSystem
        // Whatever else went wrong (no memory, a directory that is gone) has nothing to do with its kind.
        guard refusals.contains(errno) else { return nil }
        if errno == .notPermitted, facts.account.isRoot { return rootWithoutCapabilities(summary) }
        switch (errno, kind) {
        case (_, .overlay):
            return Finding(
                "OV-01", summary, because: "it lies on an overlay itself, as the root of a container does",
                fix: .advice("choose a directory on a volume of the host with `--roots-dir`"))
        case (_, .nfs), (_, .fuse), (_, .ecryptfs), (_, .plan9), (_, .ramfs), (_, .zfs):
            let name = kind.map(\.description) ?? ""
            return Finding(
                "OV-02", summary, because: "it lies on \(name), which overlayfs cannot write to", fix: elsewhere)
        case (.notSupported, _), (.invalidArgument, .tmpfs), (.ioError, _), (.noData, _):
            return Finding(
                "OV-03", summary,
                because: "its file system\(kind.map { " (\($0))" } ?? "") lacks extended attributes for users",
                fix: elsewhere)
        case (.directoryNotEmpty, _):
            return Finding(
                "OV-10", summary,
                because: "its file system does not say of directory entries what they are (ftype)", fix: elsewhere)
        case (.improperLink, _):
            return Finding(
                "OV-11", summary, because: "its directories have different project ids",
                fix: .advice("give the roots directory one project id, or name another one with `--roots-dir`"))
        case (.invalidArgument, _):
            return Finding(
                "OV-04", summary,
                because: "its file system\(kind.map { " (\($0))" } ?? "") lacks what overlayfs needs, or ignores case",
                fix: elsewhere)
        case (.operationNotSupportedByDevice, _):
            return Finding(
                "OV-05", summary, because: "the kernel has no overlayfs",
                fix: .command("\(facts.distribution.becomesRootWith) modprobe overlay"))
        case (.notPermitted, _):
            return Finding(
                "OV-06", summary, because: "the kernel forbids overlays in a user namespace, as Linux before 5.11 does",
                fix: .advice("boot Linux 5.11 or later, or run stacker as root"))
        case (.permissionDenied, _):
            return denied(summary, facts)
        case (.readOnlyFileSystem, _):
            return Finding("OV-07", summary, because: "its file system is mounted read-only", fix: elsewhere)
        case (.overflow, _):
            return Finding(
                "OV-08", summary,
                because: "its file system, as the home directories of systemd-homed, has no room for these ids",
                fix: elsewhere)
        default: return nil
        }
    }

    /// A new /proc is refused where the one that we see has something mounted over it.
    static func procMount(_ errno: Errno, _ facts: HostFacts) -> Finding? {
        guard errno == .notPermitted || errno == .permissionDenied else { return nil }
        return Finding(
            "MT-02", "cannot mount /proc for a build step",
            because: "parts of /proc are hidden here, as containers and hardened services do",
            fix: .advice(
                "run stacker outside of it, remove `ProtectKernelTunables=` from the unit, or use "
                    + "`docker run --security-opt systempaths=unconfined` or `podman run --security-opt unmask=ALL`"))
    }

    static func mount(_ failure: HelperFailure, _ errno: Errno, _ facts: HostFacts) -> Finding? {
        // The kernel asks security modules before it looks at capabilities, so EACCES is theirs; but a path that the
        // user may not search is EACCES as well.
        guard errno == .permissionDenied, let label = facts.process.appArmorLabel else { return nil }
        return Finding(
            "MT-01", "cannot \(failure.stage.doing)", because: "AppArmor profile `\(label)` forbids \(failure.call)",
            fix: .advice(
                "run stacker without that profile; in a container: `docker run --security-opt apparmor=unconfined`"))
    }

    private static func denied(_ summary: String, _ facts: HostFacts) -> Finding {
        guard let label = facts.process.appArmorLabel else {
            return Finding(
                "OV-09", summary, because: "the directory is closed to you, or a security module forbids it",
                fix: elsewhere)
        }
        return Finding(
            "MT-01", summary, because: "AppArmor profile `\(label)` forbids it",
            fix: .advice(
                "run stacker without that profile; in a container: `docker run --security-opt apparmor=unconfined`"))
    }

    /// Something of the image lies where something is to be mounted.
    static func oddRoot(_ failure: HelperFailure, _ errno: Errno) -> Finding? {
        guard [.mountProc, .mountDev, .mountSys, .mountPoint, .bind].contains(failure.stage), let place = failure.path
        else { return nil }
        let cause: String
        switch errno {
        case .notDirectory: cause = "\(place) of the image is no directory, or lies below something that is none"
        case .isDirectory: cause = "\(place) of the image is a directory"
        case .tooManySymbolicLinkLevels, .improperLink: cause = "links of the image lead from \(place) nowhere"
        default: return nil
        }
        return Finding(
            "ST-04", "cannot \(failure.stage.doing) in the image", because: cause,
            fix: .advice("remove it, or make it what it should be, in the image that this one starts from"))
    }
}
