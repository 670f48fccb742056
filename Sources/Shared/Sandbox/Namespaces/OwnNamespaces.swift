import CShims
import Diagnostics
import Glibc
import LinuxSystem

/// New namespaces for this process, and for children where the kind is only for children (process ids).
enum OwnNamespaces {
    /// The kinds that every command has of its own beside its mounts.
    static let ofCommand = stk_new_ipc | stk_new_uts | stk_new_pid

    /// AFTER this no mount made here is seen outside, and none made outside is seen here.
    static func enter(_ kinds: CInt) throws(SystemError) {
        try check("unshare") { stk_unshare(kinds | stk_new_mount) }
        try check("mount", "/") {
            unsafe mount(nil, "/", nil, CUnsignedLong(MS_REC | MS_PRIVATE), nil)
        }
    }
}
