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
        let mapper = try IdentityMapper.start(maps, for: getpid())
        // Alone: where a security module strips the new namespace's capabilities, one call for both would not tell that
        // from a kernel that forbids user namespaces.
        try during(.newUserNamespace) { () throws(SystemError) in
            try check("unshare(CLONE_NEWUSER)") { stk_unshare(stk_new_user) }
        }
        try mapper.writeMaps()
        try UserNamespace.becomeRoot()
        // The frontend opens /proc/PID/ns/user, which it may not do of a process that is not dumpable; a change of ids
        // can make it so.
        try during(.becomeRoot) { () throws(SystemError) in
            try check("prctl(PR_SET_DUMPABLE)") { stk_set_dumpable(1) }
        }
        try during(.newMountNamespace) { () throws(SystemError) in
            try check("unshare(CLONE_NEWNS)") { stk_unshare(stk_new_mount) }
        }
        try during(.request) { () throws(SystemError) in
            try Reply.ready.message.send(to: channel)
            while try !channel.read(upTo: 64).isEmpty {}
        }
    }
}
