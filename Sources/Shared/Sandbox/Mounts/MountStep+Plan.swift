import Diagnostics
import HelperProtocol

extension MountStep {
    /// Everything that is mounted over the image for `step`, in order.
    static func plan(for step: Step, in userNamespace: UserNamespace) -> [MountStep] {
        processes + devices + system + [.resolver(at: "/etc/resolv.conf")]
            + step.binds.map { bind in
                .bind(
                    source: bind.source, at: bind.destination,
                    access: access(writable: bind.isWritable, in: userNamespace))
            }
    }

    private static func access(writable: Bool, in userNamespace: UserNamespace) -> Access {
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
        + Device.all.map { .device($0, at: ByteString("/dev/\($0.name)")) }
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
