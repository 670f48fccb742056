public import Accounts
import Diagnostics
import LinuxSystem
public import SystemPackage

extension HostFacts {
    /// Reads the facts; what cannot be read counts as absent, because an explanation must not fail itself.
    ///
    /// Changes nothing. `roots` is the roots directory, where a build has one.
    public static func read(for account: Account, roots: FilePath? = nil) -> HostFacts {
        let release = lines("/etc/os-release").isEmpty ? text("/usr/lib/os-release") : text("/etc/os-release")
        return HostFacts(
            account: account, distribution: Distribution(parsing: release), kernel: kernel(), process: process(),
            userMapper: .find(.users), groupMapper: .find(.groups),
            subordinateIDs: Result { () throws(SubordinateIDError) in try SubordinateIDs.lookUp(for: account) },
            accountFiles: accountFiles(of: account),
            // Without the kind of file system the finding names the error alone.
            rootsFileSystem: roots.flatMap { try? FileSystemKind(of: $0) })
    }

    private static func kernel() -> Kernel {
        var kernel = Kernel()
        kernel.hasUserNamespaces = exists("/proc/self/ns/user")
        kernel.unprivilegedUserNamespaces = number("/proc/sys/kernel/unprivileged_userns_clone")
        kernel.maximumUserNamespaces = number("/proc/sys/user/max_user_namespaces")
        kernel.maximumMountNamespaces = number("/proc/sys/user/max_mnt_namespaces")
        kernel.appArmorRestriction = number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        return kernel
    }

    private static func process() -> Process {
        var process = Process()
        let status = lines("/proc/self/status").map { Array($0) }
        process.hasNoNewPrivileges = status.contains(Array("NoNewPrivs:\t1".utf8))
        process.hasSystemCallFilter = status.contains(Array("Seccomp:\t2".utf8))
        let label = lines("/proc/self/attr/apparmor/current").first
        process.appArmorLabel = label.map { line in ByteString(line.filter { $0 != 0 }) }.flatMap {
            $0 == "unconfined" || $0.isEmpty ? nil : $0
        }
        process.isInUserNamespace = !isWholeMap(text("/proc/self/uid_map"))
        return process
    }

    /// Whether a uid_map gives every id its own number, as in the first user namespace.
    static func isWholeMap(_ map: [UInt8]) -> Bool {
        map.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { UInt32(decimal: $0) }
            == [0, 0, UInt32.max]
    }

    private static func accountFiles(of account: Account) -> AccountFiles {
        let passwd = lines("/etc/passwd").map { fields($0) }
        let groups = lines("/etc/group").map { fields($0) }
        let name = account.name.map { $0.bytes[...] }
        var files = AccountFiles()
        files.isLocal = name != nil && passwd.contains { $0.first == name }
        files.usermodWorks =
            files.isLocal && SystemPrograms.find("usermod") != nil && exists("/etc/subuid") && exists("/etc/subgid")
        let ids = (passwd + groups).compactMap { $0.count > 2 ? UInt32(decimal: $0[2]) : nil }
        let subordinateUsers = SubordinateTable(parsing: text("/etc/subuid"))
        let subordinateGroups = SubordinateTable(parsing: text("/etc/subgid"))
        files.malformedUserLines = subordinateUsers.malformedLines
        files.malformedGroupLines = subordinateGroups.malformedLines
        files.freeRange = SubordinateRange.free(
            users: subordinateUsers.claimed, groups: subordinateGroups.claimed,
            accounts: ids + [account.uid, account.gid])
        files.hasAppArmorProfile = exists("/etc/apparmor.d/stacker-nsexec")
        files.hasGetsubids = SystemPrograms.find("getsubids") != nil
        return files
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    }

    /// The bytes of a file; none where it is absent or closed to us: see ``read(for:roots:)``.
    private static func text(_ path: FilePath) -> [UInt8] { (try? SystemFile.contents(of: path)) ?? [] }

    private static func lines(_ path: FilePath) -> [ArraySlice<UInt8>] {
        text(path).split(separator: UInt8(ascii: "\n"))
    }

    private static func number(_ path: FilePath) -> UInt64? { lines(path).first.flatMap { UInt64(decimal: $0) } }

    private static func exists(_ path: FilePath) -> Bool { SystemFile.exists(path) }
}
