import CShims
import Glibc
import LinuxSystem

/// The change of the root directory.
enum NewRoot {
    /// Makes the working directory, which must be the root of a mount, the root; what was there before is gone.
    static func enterWorkingDirectory() throws(SystemError) {
        // Both names the same: the old root comes to lie over the new one and needs no directory in it.
        try check("pivot_root") { unsafe stk_pivot_root(".", ".") }
        try check("umount2") { unsafe umount2(".", CInt(MNT_DETACH)) }
        try check("chdir") { unsafe chdir("/") }
    }
}
