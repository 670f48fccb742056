import CShims
import Diagnostics
import Glibc
public import SystemPackage

/// Descriptors that stand for an entry itself, whatever its mode: nothing is read or written through them.
extension OwnedDescriptor {
    /// Opens the entry under this path; a symbolic link as its last component stands for itself.
    public static func open(reference path: FilePath) throws(SystemError) -> OwnedDescriptor {
        try open(path, stk_o_path | O_NOFOLLOW)
    }

    /// Sets the permission bits of what the reference stands for, which must not be a symbolic link.
    public func setReferencedMode(_ mode: UInt32) throws(SystemError) {
        // fchmod(2) does not take such descriptors, and fchmodat2(2) is newer than many kernels.
        let path: ByteString = ByteString("/proc/self/fd/\(raw)")
        try unsafe path.withCString(for: "chmod") { (text) throws(SystemError) in
            _ = try check("chmod") { unsafe chmod(text, mode) }
        }
    }

    /// Sets the owner of what the reference stands for; `nil` leaves the group as it is.
    public func setReferencedOwner(user: UInt32, group: UInt32?) throws(SystemError) {
        let raw = raw
        try check("fchownat") { unsafe fchownat(raw, "", user, group ?? .max, stk_at_empty_path) }
    }
}
