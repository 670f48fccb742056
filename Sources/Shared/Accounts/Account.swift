public import Diagnostics
import Glibc
public import LinuxSystem
import SystemPackage

/// A user of this host.
public struct Account: Hashable, Sendable {
    public var uid: UInt32
    public var gid: UInt32
    /// The login name; `nil` where the user database does not know the uid.
    public var name: ByteString?
    /// The home directory of the user database; `nil` where that does not know the uid.
    public var home: ByteString?

    public init(uid: UInt32, gid: UInt32, name: ByteString? = nil, home: ByteString? = nil) {
        self.uid = uid
        self.gid = gid
        self.name = name
        self.home = home
    }

    /// Root needs no user namespace to build, and so no subordinate ids.
    public var isRoot: Bool { uid == 0 }

    /// Who this process acts as; its groups are those of the process, not of the user database.
    public static func current() throws(SystemError) -> Account {
        let known = try find(uid: geteuid())
        return Account(uid: geteuid(), gid: getegid(), name: known?.name, home: known?.home)
    }

    /// The account with this uid, or `nil`.
    public static func find(uid: UInt32) throws(SystemError) -> Account? {
        try unsafe look("getpwuid_r", nil) { unsafe getpwuid_r(uid, $0, $1, $2, $3) }
    }

    /// The account with this login name, or `nil`.
    public static func find(name: ByteString) throws(SystemError) -> Account? {
        guard !name.isEmpty, !name.containsNUL else { return nil }
        let text = name.bytes.map { CChar(bitPattern: $0) } + [0]
        return try unsafe look("getpwnam_r", name) { unsafe getpwnam_r(text, $0, $1, $2, $3) }
    }

    private typealias Query = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
        UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> CInt

    /// An entry larger than this is no entry of a person.
    private static let largestEntry = 1 << 20

    private static func look(
        _ call: String, _ name: ByteString?, _ query: Query
    ) throws(SystemError) -> Account? {
        var size = 1_024
        while true {
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { unsafe buffer.deallocate() }
            let code = unsafe query(&entry, buffer, size, &found)
            if code == ERANGE, size < largestEntry {
                size *= 4
                continue
            }
            if code == EINTR { continue }
            // getpwnam_r(3): these too are what a library may say for "not found".
            if [ENOENT, ESRCH, EBADF, EPERM].contains(code) { return nil }
            guard code == 0 else { throw SystemError(call, name, errno: .init(rawValue: code)) }
            guard unsafe found != nil else { return nil }
            return unsafe Account(
                uid: entry.pw_uid, gid: entry.pw_gid, name: text(entry.pw_name), home: text(entry.pw_dir))
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> ByteString? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe ByteString(
            UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map { UInt8(bitPattern: $0) })
    }
}

extension Account: CustomStringConvertible {
    /// The login name, or the uid where there is none.
    public var description: String { name.map(\.description) ?? String(uid) }
}
