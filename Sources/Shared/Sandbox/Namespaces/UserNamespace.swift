import CShims
import Glibc
import HelperProtocol
import LinuxSystem

/// Where root's powers come from, which decides what a build step may be given.
enum UserNamespace: Hashable, Sendable {
    /// Root of the build's own user namespace: the kernel confines it.
    case joined
    /// The caller itself; where it is root, stacker has to confine the command.
    case none

    /// Joins the namespace that `descriptor` refers to and becomes root in it; without one stays where it is.
    static func join(_ descriptor: Int32?) throws(HelperFailure) -> UserNamespace {
        guard let descriptor else {
            if geteuid() == 0 { try becomeRoot() }
            return .none
        }
        try during(.joinUserNamespace) { () throws(SystemError) in
            let namespace = OwnedDescriptor(adopting: descriptor)
            try check("setns") { stk_setns(namespace.raw, stk_new_user) }
        }
        try becomeRoot()
        return .joined
    }

    /// Joins the outer one of the build's two namespaces, in which things are mounted for a command of the inner one that
    /// `descriptor` refers to.
    static func joinOuter(_ descriptor: Int32?) throws(HelperFailure) -> UserNamespace {
        guard let descriptor else { return try join(nil) }
        let outer = try during(.joinUserNamespace) { () throws(SystemError) in
            try check("ioctl(NS_GET_PARENT)") { stk_open_parent_namespace(descriptor) }
        }
        return try join(outer)
    }

    /// User and group 0 and no other group, which all need a map that has them.
    static func becomeRoot() throws(HelperFailure) {
        try during(.becomeRoot) { () throws(SystemError) in
            try check("setgroups") { stk_setgroups(0, nil) }
            try check("setresgid") { stk_setresgid(0) }
            try check("setresuid") { stk_setresuid(0) }
            try ThisProcess.dieWithParent()
        }
    }
}
