import Diagnostics
import HelperProtocol

/// Everything that is mounted over the image of a step, in order.
struct MountPlan: Hashable, Sendable {
    /// By root of the outer namespace: the command can neither take it away nor make it writable.
    var outer: [MountStep]
    /// By root of the inner namespace, as the command could do itself.
    var inner: [MountStep]

    init(for step: Step, in userNamespace: UserNamespace) {
        let binds = step.binds.map { bind in
            MountStep.bind(
                source: bind.source, at: bind.destination,
                access: Self.access(writable: bind.isWritable, in: userNamespace))
        }
        let host = Self.system + [.resolver(at: "/etc/resolv.conf")]
        switch userNamespace {
        case .none:
            // The command cannot mount anyway.
            outer = Self.processes + Self.devices + host + binds
            inner = []
        case .joined:
            // A second procfs lies over the first: the kernel lets the command mount more of them as long as one that
            // nothing is hidden in cannot be taken away.
            let isDevice = { (bind: MountStep) in bind.place.bytes.starts(with: "/dev/".utf8) }
            outer =
                [.processes(at: "/proc"), .directory(at: "/dev")] + host + binds.filter { !isDevice($0) }
            inner = Self.devices + Self.processes + binds.filter(isDevice)
        }
    }

    private static func access(writable: Bool, in userNamespace: UserNamespace) -> MountStep.Access {
        guard writable else { return .readOnly }
        return userNamespace == .joined ? .writable : .writableWithoutDevices
    }

    private static let processes: [MountStep] =
        [.processes(at: "/proc")]
        + ["sys", "sysrq-trigger", "irq", "bus"].map { .readOnly(ByteString("/proc/\($0)")) }
        + [
            "acpi", "asound", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi",
        ].map { .mask(ByteString("/proc/\($0)")) }

    private static let devices: [MountStep] =
        [.memory(at: "/dev", mode: 0o755)]
        + MountStep.Device.all.map { .device($0, at: ByteString("/dev/\($0.name)")) }
        + [
            .terminals(at: "/dev/pts", group: 5),
            .link("pts/ptmx", at: "/dev/ptmx"),
            .memory(at: "/dev/shm", mode: 0o1777),
            .emptyFile(at: "/dev/console"),
            .link("/proc/self/fd", at: "/dev/fd"),
            .link("/proc/self/fd/0", at: "/dev/stdin"),
            .link("/proc/self/fd/1", at: "/dev/stdout"),
            .link("/proc/self/fd/2", at: "/dev/stderr"),
        ]

    private static let system: [MountStep] = [.system(at: "/sys"), .mask("/sys/firmware")]
}
