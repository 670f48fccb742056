import Diagnostics
import HelperProtocol

/// One change of what the command will see; places are absolute paths inside the image.
enum MountStep: Hashable, Sendable {
    /// A fresh procfs of the new process namespace, or the host's where the kernel refuses a fresh one.
    case processes(at: ByteString)
    /// An empty file system in memory; `mode` is its root directory's.
    case memory(at: ByteString, mode: UInt16)
    /// A new instance of devpts; `group` owns the terminals if the user namespace has such an id.
    case terminals(at: ByteString, group: UInt32)
    /// One device of the host.
    case device(Device, at: ByteString)
    /// A place for what is mounted later.
    case directory(at: ByteString)
    case link(ByteString, at: ByteString)
    case emptyFile(at: ByteString)
    /// The host's sysfs and all that is mounted in it, read-only.
    case system(at: ByteString)
    /// Makes what is there read-only; does nothing where there is nothing.
    case readOnly(ByteString)
    /// Hides a file behind the null device, a directory behind an empty one; does nothing where there is nothing.
    case mask(ByteString)
    /// The host's resolver configuration, if it has one and the image has room for it.
    case resolver(at: ByteString)
    /// A file or directory of the host with all that is mounted in it.
    case bind(source: ByteString, at: ByteString, access: Access)

    /// What a command may do with a file or directory of the host.
    enum Access: Hashable, Sendable {
        case readOnly
        /// Everything, except that device nodes do not work: root outside of a user namespace could make any.
        case writableWithoutDevices
        case writable
    }

    struct Device: Hashable, Sendable {
        var name: String
        var major: UInt32
        var minor: UInt32

        static let null = Device(name: "null", major: 1, minor: 3)
        static let all = [
            null, Device(name: "zero", major: 1, minor: 5), Device(name: "full", major: 1, minor: 7),
            Device(name: "random", major: 1, minor: 8), Device(name: "urandom", major: 1, minor: 9),
            Device(name: "tty", major: 5, minor: 0),
        ]
    }
}

extension MountStep {
    /// Where in the image it is done.
    var place: ByteString {
        switch self {
        case .processes(let place), .memory(let place, _), .terminals(let place, _), .device(_, let place),
            .directory(let place), .link(_, let place), .emptyFile(let place), .system(let place),
            .readOnly(let place), .mask(let place), .resolver(let place), .bind(_, let place, _):
            place
        }
    }

    /// What a failure is reported as.
    var stage: HelperFailure.Stage {
        switch self {
        case .processes: .mountProc
        case .memory, .terminals, .device, .directory, .link, .emptyFile: .mountDev
        case .system: .mountSys
        case .readOnly(let path), .mask(let path): path.bytes.starts(with: "/sys/".utf8) ? .mountSys : .mountProc
        case .resolver, .bind: .bind
        }
    }
}
