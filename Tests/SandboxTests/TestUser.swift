import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import Testing

/// Whose rights a test gives to stacker-nsexec.
struct TestUser: Hashable, Sendable, CustomTestStringConvertible {
    var name: String
    var uid: UInt32
    var gid: UInt32
    /// The first of at least 65536 subordinate user and group ids.
    var users: UInt32
    var groups: UInt32

    /// Root itself, without a user namespace.
    static let root = TestUser(name: "root", uid: 0, gid: 0, users: 0, groups: 0)

    /// An ordinary user with subordinate ids: the caller, or when that is root, the one that
    /// `STACKER_TEST_USER` names, or else the first one there is.
    static let ordinary: TestUser? = {
        let wanted = getenv("STACKER_TEST_USER").map { String(cString: $0) }
        for line in lines("/etc/subuid") where wanted == nil || line.first == wanted {
            guard line.count == 3, (UInt32(line[2]) ?? 0) >= 65_536 else { continue }
            let group = lines("/etc/subgid").first { $0.first == line[0] && (UInt32($0.last ?? "") ?? 0) >= 65_536 }
            guard let entry = getpwnam(line[0]), entry.pointee.pw_uid != 0,
                geteuid() == 0 || entry.pointee.pw_uid == geteuid(), let users = UInt32(line[1]),
                let groups = group.flatMap({ UInt32($0[1]) })
            else { continue }
            return TestUser(
                name: line[0], uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid, users: users, groups: groups)
        }
        return nil
    }()

    /// Everyone a test can be run for here.
    static let all = [ordinary, geteuid() == 0 ? root : nil].compactMap(\.self)

    var needsUserNamespace: Bool { uid != 0 }
    var testDescription: String { needsUserNamespace ? "an ordinary user" : "root" }

    /// What comes before a command to run it with this user's rights.
    var prefix: [String] {
        guard uid != geteuid() else { return [] }
        return ["/usr/bin/setpriv", "--reuid", "\(uid)", "--regid", "\(gid)", "--clear-groups"]
    }

    var maps: NamespaceMaps {
        func map(_ own: UInt32, _ range: UInt32) -> [IdentityMap] {
            [
                IdentityMap(inside: 0, outside: own, count: 1),
                IdentityMap(inside: 1, outside: range, count: 65_535),
            ]
        }
        return NamespaceMaps(users: map(uid, users), groups: map(gid, groups))
    }

    private static func lines(_ path: String) -> [[String]] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { $0.split(separator: ":").map(String.init) }
    }
}
