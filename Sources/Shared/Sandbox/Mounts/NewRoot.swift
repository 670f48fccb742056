import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// The change of the root directory.
enum NewRoot {
    /// What became of the root directory from before.
    enum OldRoot: Hashable, Sendable {
        case gone
        /// It lies under the new one: who may mount, or change the root directory, could come back to it.
        case hidden
    }

    /// Makes the working directory, which must be the root of a mount, the root.
    @discardableResult
    static func enterWorkingDirectory() throws(SystemError) -> OldRoot {
        do throws(SystemError) {
            // Both names the same: the old root comes to lie over the new one and needs no directory in it.
            try check("pivot_root") { unsafe stk_pivot_root(".", ".") }
        } catch {
            // The first root file system of the kernel, which an initial RAM disk may stay for good, is no mount that
            // could be exchanged (pivot_root(2), BUGS).
            guard error.errno == .invalidArgument else { throw error }
            try check("mount(MS_MOVE)", "/") { unsafe mount(".", "/", nil, CUnsignedLong(MS_MOVE), nil) }
            try check("chroot") { unsafe chroot(".") }
            try check("chdir") { unsafe chdir("/") }
            return .hidden
        }
        try check("umount2") { unsafe umount2(".", CInt(MNT_DETACH)) }
        try check("chdir") { unsafe chdir("/") }
        return .gone
    }

    /// Takes the process out of a chroot(2) that it was started in, before its root is changed.
    ///
    /// Otherwise the host's root would still lie above ours, where a command that may chroot(2) itself finds it. Stays
    /// in the working directory. Needs the rights of real root; in a user namespace nobody is in a chroot, as the kernel
    /// makes none there.
    static func leaveOuterChroot() throws(SystemError) {
        let here = try OverlayMount.open(".")
        let own = try OwnedDescriptor.open("/proc/self/ns/mnt")
        try check("setns") { stk_setns(own.raw, stk_new_mount) }
        try check("fchdir") { fchdir(here.raw) }
    }
}
