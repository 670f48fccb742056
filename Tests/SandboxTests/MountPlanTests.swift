import Diagnostics
import HelperProtocol
import LinuxSystem
@testable import Sandbox
import Testing

@Suite struct MountPlanTests {
    private static let step = Step(
        layers: ["a"], upper: "u", work: "w", root: "r",
        binds: [
            Step.Bind(source: "/one", destination: "/x", isWritable: false),
            Step.Bind(source: "/two", destination: "/x/y", isWritable: true),
        ], arguments: ["/bin/true"], environment: [])

    @Test func `binds come last, in the order in which they are named`() {
        let plan = MountPlan(for: Self.step, in: .joined)
        #expect(
            plan.outer.suffix(3) == [
                .resolver(at: "/etc/resolv.conf"),
                .bind(source: "/one", at: "/x", access: .readOnly),
                .bind(source: "/two", at: "/x/y", access: .writable),
            ])
    }

    @Test func `without a user namespace no device works in a writable bind`() {
        let plan = MountPlan(for: Self.step, in: .none)
        #expect(plan.inner.isEmpty)
        #expect(plan.outer.last == .bind(source: "/two", at: "/x/y", access: .writableWithoutDevices))
    }

    @Test func `only what the command could mount itself is left for its own namespaces`() throws {
        var step = Self.step
        step.binds.append(Step.Bind(source: "/dev/kvm", destination: "/dev/kvm", isWritable: true))
        let plan = MountPlan(for: step, in: .joined)
        #expect(plan.inner.last == .bind(source: "/dev/kvm", at: "/dev/kvm", access: .writable))
        for mount in plan.inner.dropLast() {
            #expect(mount.place.bytes.starts(with: "/dev".utf8) || mount.place.bytes.starts(with: "/proc".utf8))
        }
        // The place on which the rest lies is made, and remembered, while the image can still be looked at.
        #expect(plan.outer.prefix(2) == [.processes(at: "/proc"), .directory(at: "/dev")])
    }

    @Test(arguments: [UserNamespace.joined, .none])
    func `each file system is there before anything in it`(namespace: UserNamespace) throws {
        let whole = MountPlan(for: Self.step, in: namespace)
        let plan = whole.outer + whole.inner
        func index(_ step: MountStep) throws -> Int { try #require(plan.firstIndex(of: step)) }
        let processes = try index(.processes(at: "/proc"))
        for name in ["sys", "sysrq-trigger", "irq", "bus"] {
            #expect(try index(.readOnly(ByteString("/proc/\(name)"))) > processes)
        }
        for name in [
            "acpi", "asound", "kcore", "keys", "latency_stats", "timer_list", "timer_stats", "sched_debug", "scsi",
        ] {
            #expect(try index(.mask(ByteString("/proc/\(name)"))) > processes)
        }
        let devices = try index(.memory(at: "/dev", mode: 0o755))
        let terminals = try index(.terminals(at: "/dev/pts", group: 5))
        #expect(terminals > devices)
        #expect(try index(.memory(at: "/dev/shm", mode: 0o1777)) > devices)
        #expect(try index(.link("pts/ptmx", at: "/dev/ptmx")) > devices)
        #expect(try index(.mask("/sys/firmware")) > index(.system(at: "/sys")))
    }

    @Test func `six devices of the host and no more`() {
        let devices = MountPlan(for: Self.step, in: .none).outer.compactMap { step -> String? in
            if case .device(let device, _) = step { "\(device.name) \(device.major):\(device.minor)" } else { nil }
        }
        #expect(devices == ["null 1:3", "zero 1:5", "full 1:7", "random 1:8", "urandom 1:9", "tty 5:0"])
    }

    @Test func `a failure names what was being mounted`() {
        #expect(MountStep.mask("/sys/firmware").stage == .mountSys)
        #expect(MountStep.mask("/proc/keys").stage == .mountProc)
        #expect(MountStep.bind(source: "/a", at: "/b", access: .readOnly).stage == .bind)
        #expect(MountStep.memory(at: "/dev", mode: 0).stage == .mountDev)
    }

    @Test(
        arguments: [(0, .exited(0)), (7 << 8, .exited(7)), (9, .signalled(9)), (0x8b, .signalled(11))]
            as [(Int32, ProcessEnd)])
    func `a wait status is an exit status or a signal`(status: Int32, expected: ProcessEnd) {
        #expect(ProcessEnd(status) == expected)
    }

    @Test func `reports survive the pipe`() throws {
        let point = MadeMountPoint(
            parent: "a/b", name: ByteString([0xff]), isDirectory: true,
            modified: FileStatus.Time(seconds: -1, nanoseconds: 2),
            parentAccessed: FileStatus.Time(seconds: 3, nanoseconds: 4),
            parentModified: FileStatus.Time(seconds: 5, nanoseconds: 6),
            parentModifiedAfter: FileStatus.Time(seconds: .max, nanoseconds: 999_999_999))
        for report in [Report.made([point, point]), .made([]), .ended(.exited(3)), .ended(.signalled(9))] {
            #expect(try Report(MessageReader(report.message.bytes)) == report)
            for length in 0..<report.message.bytes.count {
                #expect(throws: MalformedMessage.self) {
                    try Report(MessageReader(Array(report.message.bytes.prefix(length))))
                }
            }
        }
    }
}
