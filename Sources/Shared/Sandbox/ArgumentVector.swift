import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Arguments or environment entries in the form that execve(2) takes.
///
/// The copies live until exec replaces the process, or until it ends.
@safe struct ArgumentVector {
    let pointers: [UnsafeMutablePointer<CChar>?]

    /// - Throws: `EINVAL` for an entry with a NUL, of which the program would see only a part.
    init(_ entries: [ByteString]) throws(SystemError) {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe []
        for entry in entries {
            let copy = try unsafe entry.withCString(for: "execve") { unsafe strdup($0) }
            guard unsafe copy != nil else { throw SystemError("execve", entry, errno: .noMemory) }
            unsafe pointers.append(copy)
        }
        unsafe pointers.append(nil)
        unsafe self.pointers = pointers
    }

    /// Replaces the process; returns only to say why it could not.
    static func execute(_ program: ByteString, _ arguments: ArgumentVector, _ environment: ArgumentVector)
        -> SystemError
    {
        do throws(SystemError) {
            _ = try unsafe program.withCString(for: "execve") { (path) throws(SystemError) in
                try check("execve", program) { unsafe execve(path, arguments.pointers, environment.pointers) }
            }
            return SystemError("execve", program, errno: .invalidArgument)
        } catch {
            return error
        }
    }
}
