import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Files that a command makes for the user: whole or not at all, and never in the place of others.
enum NewFiles {
    /// Writes all of them; where one cannot be written, none is left.
    static func write(_ files: [(path: FilePath, bytes: [UInt8])]) throws {
        var done: [FilePath] = []
        do {
            for file in files {
                try write(file.bytes, to: file.path)
                done.append(file.path)
            }
        } catch {
            for path in done { try? remove(path) }
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to path: FilePath) throws(Failure) {
        guard let last = path.lastComponent else { throw Failure("\(ByteString(path)) is no file", class: .usage) }
        let name = ByteString(FilePath(root: nil, [last]))
        let temporary = ByteString(".stacker-new.\(UInt64.random(in: 0...UInt64.max))")
        do throws(SystemError) {
            let directory = try OwnedDescriptor.open(directory: path.removingLastComponent())
            do throws(SystemError) {
                let file = try OwnedDescriptor.open(
                    temporary, in: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
                try file.write(bytes)
                try file.synchronize()
                try directory.rename(temporary, into: directory, as: name)
                try directory.synchronize()
            } catch {
                try? directory.unlink(temporary)
                throw error
            }
        } catch {
            var failure = SystemError(error.call, ByteString(path), errno: error.errno).explanation
            failure = failure.wrapped("cannot write \(ByteString(path))")
            if error.errno == .fileExists {
                failure = Failure(
                    "\(ByteString(path)) is there already", hint: "remove it, or name another file", class: .rejected)
            }
            throw failure
        }
    }

    private static func remove(_ path: FilePath) throws(SystemError) {
        guard let last = path.lastComponent else { return }
        try OwnedDescriptor.open(directory: path.removingLastComponent()).unlink(
            ByteString(FilePath(root: nil, [last])))
    }
}
