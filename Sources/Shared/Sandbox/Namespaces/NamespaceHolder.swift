import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem

/// Makes a user namespace and keeps it until the channel is closed, so that the frontend can open it.
enum NamespaceHolder {
    static func run(_ maps: NamespaceMaps, _ channel: borrowing OwnedDescriptor) throws(HelperFailure) {
        // newuidmap must run in the parent namespace, where the ids it hands out belong to the user: hence a child that
        // is made BEFORE unshare.
        let mapper = try IdentityMapper.start(maps, for: getpid(), by: .programs)
        // Alone: where a security module strips the new namespace's capabilities, one call for both would not tell that
        // from a kernel that forbids user namespaces.
        try during(.newUserNamespace) { () throws(SystemError) in
            try check("unshare(CLONE_NEWUSER)") { stk_unshare(stk_new_user) }
        }
        try mapper.writeMaps()
        try UserNamespace.becomeRoot()
        try becomeInspectable()
        try during(.newMountNamespace) { () throws(SystemError) in
            try check("unshare(CLONE_NEWNS)") { stk_unshare(stk_new_mount) }
        }
        try enterInner(maps)
        try during(.request) { () throws(SystemError) in
            try Reply.ready.message.send(to: channel)
            while try !channel.read(upTo: 64).isEmpty {}
        }
    }

    /// Makes a namespace with the same ids in the one that was just made; the frontend keeps this one, and with it both.
    ///
    /// What is mounted in the outer one, root of the inner one can neither take away nor make writable.
    private static func enterInner(_ maps: NamespaceMaps) throws(HelperFailure) {
        func same(_ map: [IdentityMap]) -> [IdentityMap] {
            map.map { IdentityMap(inside: $0.inside, outside: $0.inside, count: $0.count) }
        }
        let mapper = try IdentityMapper.start(
            NamespaceMaps(users: same(maps.users), groups: same(maps.groups)), for: getpid(), by: .child)
        try during(.newUserNamespace) { () throws(SystemError) in
            try check("unshare(CLONE_NEWUSER)") { stk_unshare(stk_new_user) }
        }
        try becomeInspectable()
        try mapper.writeMaps()
    }

    /// The frontend opens /proc/PID/ns/user, and our child /proc/PID/uid_map, which they may not do of a process that is
    /// not dumpable; a change of ids can make it so.
    private static func becomeInspectable() throws(HelperFailure) {
        try during(.becomeRoot) { () throws(SystemError) in
            try check("prctl(PR_SET_DUMPABLE)") { stk_set_dumpable(1) }
            try ThisProcess.dieWithParent()
        }
    }
}
