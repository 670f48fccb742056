import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// The file that `--log-file` names.
enum LogFile {
    /// Opens the file, empty: a regular file, and not by way of a symbolic link that somebody left in its place.
    static func open(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        try attempt("cannot open the log file") {
            let file = try OwnedDescriptor.open(
                path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode: 0o666)
            var status = stat()
            try check("fstat", ByteString(path.string)) { fstat(file.raw, &status) }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw Failure("\(ByteString(path.string)) is not a regular file", class: .rejected)
            }
            try check("ftruncate", ByteString(path.string)) { ftruncate(file.raw, 0) }
            return file
        }
    }
}
