import Glibc
import SystemPackage

extension OwnedDescriptor {
    /// Goes back to the beginning of the file, for all descriptors of this open file.
    ///
    /// - Throws: ESPIPE where it is none that can be read again: a pipe, a terminal.
    public func rewind() throws(SystemError) {
        let raw = raw
        _ = try check("lseek") { lseek(raw, 0, SEEK_SET) }
    }
}
