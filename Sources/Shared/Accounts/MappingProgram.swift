import CShims
import Glibc
import LinuxSystem
public import SystemPackage

/// newuidmap or newgidmap: the programs of shadow that may write an id map for us.
public struct MappingProgram: Hashable, Sendable {
    public var kind: Kind
    /// `nil` where it is not installed.
    public var path: FilePath?
    public var privilege: Privilege
    /// Whether its file system is mounted so that setuid bits and file capabilities do nothing.
    public var isOnNosuidMount: Bool

    public enum Kind: String, Hashable, Sendable {
        case users = "newuidmap"
        case groups = "newgidmap"

        /// The capability that it needs to write the map: CAP_SETUID, CAP_SETGID.
        var capability: Int {
            switch self {
            case .users: 7
            case .groups: 6
            }
        }
    }

    /// Where its power comes from.
    public enum Privilege: Hashable, Sendable {
        case setuidRoot
        case fileCapability
        case none
    }

    public init(kind: Kind, path: FilePath?, privilege: Privilege, isOnNosuidMount: Bool = false) {
        self.kind = kind
        self.path = path
        self.privilege = privilege
        self.isOnNosuidMount = isOnNosuidMount
    }

    /// Looks for the program and at its file; does not run it.
    public static func find(_ kind: Kind) -> MappingProgram {
        guard let path = SystemPrograms.find(kind.program) else {
            return MappingProgram(kind: kind, path: nil, privilege: .none)
        }
        return MappingProgram(
            kind: kind, path: path, privilege: privilege(of: path, kind), isOnNosuidMount: isOnNosuidMount(path))
    }

    private static func privilege(of path: FilePath, _ kind: Kind) -> Privilege {
        var status = stat()
        if unsafe path.withPlatformString({ unsafe stat($0, &status) }) == 0, status.st_uid == 0,
            status.st_mode & S_ISUID != 0
        {
            return .setuidRoot
        }
        var value = [UInt8](repeating: 0, count: 64)
        let size = unsafe path.withPlatformString { unsafe getxattr($0, "security.capability", &value, value.count) }
        return grants(kind.capability, value.prefix(max(size, 0))) ? .fileCapability : .none
    }

    /// Whether a `security.capability` attribute gives this capability at once, without the program asking for it.
    ///
    /// Source: capabilities(7), "File capability extended attribute versioning"; all numbers are little-endian.
    static func grants(_ capability: Int, _ value: some Collection<UInt8>) -> Bool {
        let bytes = Array(value)
        let sizes: [UInt8: Int] = [2: 20, 3: 24]
        // The last byte of the first word is the version, the first one holds the "effective" bit.
        guard bytes.count >= 20, sizes[bytes[3]] == bytes.count, bytes[0] & 1 != 0 else { return false }
        return bytes[4 + capability / 8] & (1 << (capability % 8)) != 0
    }

    private static func isOnNosuidMount(_ path: FilePath) -> Bool {
        var status = statvfs()
        return unsafe path.withPlatformString { unsafe statvfs($0, &status) } == 0
            && status.f_flag & UInt(ST_NOSUID) != 0
    }
}

extension MappingProgram.Kind {
    public var name: String { rawValue }

    var program: FilePath.Component {
        switch self {
        case .users: "newuidmap"
        case .groups: "newgidmap"
        }
    }
}
