import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Does what a plan of mounts says, on the image that is the working directory.
struct MountExecutor: ~Copyable {
    private(set) var root: ImageRoot
    /// Open mounts, for steps that are performed when their source is out of reach.
    private let held: [MountStep: CInt]

    init(_ root: consuming ImageRoot, held: [MountStep: CInt] = [:]) {
        self.root = root
        self.held = held
    }

    /// Opens what `steps` need of the host; the descriptors are closed by exec, or when they are used.
    static func hold(_ steps: [MountStep]) throws(HelperFailure) -> [MountStep: CInt] {
        var held: [MountStep: CInt] = [:]
        for step in steps {
            do throws(SystemError) {
                switch step {
                case .device(let device, _): held[step] = try copy(of: device).release()
                case .bind(let source, _, let access): held[step] = try copy(of: source, access).release()
                default: break
                }
            } catch {
                throw HelperFailure(step.stage, error)
            }
        }
        return held
    }

    mutating func perform(_ step: MountStep) throws(HelperFailure) {
        do throws(SystemError) {
            try execute(step)
        } catch {
            var failure = HelperFailure(step.stage, error)
            // Whatever part of the way could not be made, the place is what was asked for.
            if case .bind(let source, let place, _) = step, failure.path != source { failure.path = place }
            throw failure
        }
    }

    private mutating func execute(_ step: MountStep) throws(SystemError) {
        switch step {
        case .processes(let place): try mountProcesses(at: place)
        case .memory(let place, let mode):
            let options = [DetachedMount.Option("mode", ByteString(String(mode, radix: 8)))]
            try attach(try .make("tmpfs", options, [.noSetID, .noDevices]), at: place, .directory)
        case .terminals(let place, let group): try mountTerminals(at: place, group: group)
        case .directory(let place): _ = try root.openMountPoint(place, .directory)
        case .device(let device, let place):
            try attach(try heldMount(step) { () throws(SystemError) in try Self.copy(of: device) }, at: place, .file)
        case .link(let target, let place): try makeLink(to: target, at: place)
        case .emptyFile(let place): _ = try root.openMountPoint(place, .file)
        case .system(let place):
            let system = try DetachedMount.copy(of: "/sys", .withSubmounts)
            try system.add(.readOnly, .withSubmounts)
            try attach(system, at: place, .directory)
        case .readOnly(let path): try makeReadOnly(path)
        case .mask(let path): try mask(path)
        case .resolver(let place): try bindResolver(at: place)
        case .bind(let source, let place, let access):
            let mount = try heldMount(step) { () throws(SystemError) in try Self.copy(of: source, access) }
            try bind(mount, at: place)
        }
    }

    private mutating func attach(
        _ mount: borrowing DetachedMount, at place: ByteString, _ kind: ImageRoot.Kind
    ) throws(SystemError) {
        try mount.attach(to: try root.openMountPoint(place, kind))
    }

    private mutating func mountProcesses(at place: ByteString) throws(SystemError) {
        do throws(SystemError) {
            try attach(try .make("proc", [], [.noSetID, .noDevices, .noExecution]), at: place, .directory)
        } catch {
            // Inside most containers parts of /proc are hidden, and then the kernel refuses a fresh one, which would
            // show them; the one that is there may be shown again.
            guard error.errno == .notPermitted, error.call == "fsmount" || error.call == "fsconfig" else { throw error }
            try attach(try .copy(of: "/proc", .withSubmounts), at: place, .directory)
        }
    }

    private mutating func mountTerminals(at place: ByteString, group: UInt32) throws(SystemError) {
        let options = [DetachedMount.Option("ptmxmode", "0666"), DetachedMount.Option("mode", "0620")]
        let owner = DetachedMount.Option("gid", ByteString(String(group)))
        let attributes: MountAttributes = [.noSetID, .noExecution]
        do throws(SystemError) {
            try attach(try .make("devpts", options + [owner], attributes), at: place, .directory)
        } catch {
            // The user namespace has no such group.
            guard error.errno == .invalidArgument else { throw error }
            try attach(try .make("devpts", options, attributes), at: place, .directory)
        }
    }

    /// A device node of the host that is what its name says.
    private static func open(_ device: MountStep.Device) throws(SystemError) -> OwnedDescriptor {
        let path = FilePath("/dev/\(device.name)")
        let node = try OwnedDescriptor.open(path, stk_o_path | O_NOFOLLOW)
        guard try node.status().kind == .characterDevice(UInt64(stk_makedev(device.major, device.minor))) else {
            throw SystemError("open", ByteString(path), errno: .noSuchAddressOrDevice)
        }
        return node
    }

    /// Both the directory and the link are ours: the directory is a file system in memory that was just made.
    private func makeLink(to target: ByteString, at place: ByteString) throws(SystemError) {
        let slash = place.bytes.lastIndex(of: 0x2f) ?? place.bytes.startIndex
        let parent = try root.open(ByteString(place.bytes[..<slash]))
        let name = ByteString(place.bytes[slash...].dropFirst())
        let raw = parent.raw
        _ = try unsafe target.withCString(for: "symlinkat") { (text) throws(SystemError) in
            try unsafe name.withCString(for: "symlinkat") { (link) throws(SystemError) in
                try check("symlinkat", place) { unsafe symlinkat(text, raw, link) }
            }
        }
    }

    /// What is at `path`, or `nil` where nothing is.
    private func openExisting(_ path: ByteString) throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try root.open(path)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    private func makeReadOnly(_ path: ByteString) throws(SystemError) {
        guard let place = try openExisting(path) else { return }
        let mount = try DetachedMount.copy(of: place, .withSubmounts)
        try mount.add(.readOnly, .withSubmounts)
        try mount.attach(to: place)
    }

    private func mask(_ path: ByteString) throws(SystemError) {
        guard let place = try openExisting(path) else { return }
        if try place.status().kind == .directory {
            let attributes: MountAttributes = [.readOnly, .noSetID, .noDevices, .noExecution]
            try DetachedMount.make("tmpfs", [DetachedMount.Option("mode", "555")], attributes).attach(to: place)
        } else {
            // Opened on the host, because the image may hold anything by the name of /dev/null (CVE-2025-31133).
            try DetachedMount.copy(of: try Self.open(.null), .alone).attach(to: place)
        }
    }

    private mutating func bindResolver(at place: ByteString) throws(SystemError) {
        do throws(SystemError) {
            try bind(try Self.copy(of: "/etc/resolv.conf", .readOnly), at: place)
        } catch {
            // The host has none, or the image has something else in its place: a build may work without one.
            let harmless: [Errno] = [
                .noSuchFileOrDirectory, .notDirectory, .isDirectory, .tooManySymbolicLinkLevels, .improperLink,
            ]
            guard harmless.contains(error.errno) else { throw error }
        }
    }

    private static func copy(of device: MountStep.Device) throws(SystemError) -> DetachedMount {
        try DetachedMount.copy(of: try open(device), .alone)
    }

    private static func copy(
        of source: ByteString, _ access: MountStep.Access
    ) throws(SystemError) -> DetachedMount {
        let mount = try DetachedMount.copy(of: source, .withSubmounts)
        switch access {
        case .readOnly: try mount.add(.readOnly, .withSubmounts)
        case .writableWithoutDevices:
            // A device that the user names is meant to be used.
            if try !mount.descriptor.status().kind.isDevice { try mount.add(.noDevices, .withSubmounts) }
        case .writable: break
        }
        return mount
    }

    /// The mount that was held for `step`, or else the one that `make` makes.
    private func heldMount(
        _ step: MountStep, or make: () throws(SystemError) -> DetachedMount
    ) throws(SystemError) -> DetachedMount {
        if let number = held[step] { return DetachedMount(descriptor: OwnedDescriptor(adopting: number)) }
        return try make()
    }

    private mutating func bind(_ mount: borrowing DetachedMount, at place: ByteString) throws(SystemError) {
        let kind = try mount.descriptor.status().kind
        let point = try root.openMountPoint(place, kind == .directory ? .directory : .file)
        // A link of the image may lead here; what hides there, and what may not be written, stays so (CVE-2019-16884).
        let kernelsOwn: [FileSystemKind] = [.proc, .sysfs, .cgroup2]
        guard !kernelsOwn.contains(try FileSystemKind(of: point)) else {
            throw SystemError("mount", place, errno: .notPermitted)
        }
        try mount.attach(to: point)
    }
}
