import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Files of a layout: regular ones only, replaced and never written through.
extension OwnedDescriptor {
    /// Opens the regular file `name` of this directory to read; nil where nothing has that name.
    ///
    /// O_NONBLOCK keeps a FIFO that somebody put there from stopping us.
    func openFile(_ name: ByteString) throws -> OwnedDescriptor? {
        let file: OwnedDescriptor
        do throws(SystemError) {
            file = try OwnedDescriptor.open(
                name, in: self, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, resolving: .noSymbolicLinks)
        } catch {
            if error.errno == .noSuchFileOrDirectory { return nil }
            guard error.errno == .tooManySymbolicLinkLevels else { throw error }
            throw Failure("\(name) is a symbolic link", class: .rejected)
        }
        guard try file.status().kind == .regular else { throw Failure("\(name) is no regular file", class: .rejected) }
        return file
    }

    /// Opens the directory `name` of this directory, never through a symbolic link.
    func openRealDirectory(_ name: ByteString) throws -> OwnedDescriptor {
        do throws(SystemError) {
            return try openDirectory(name)
        } catch {
            guard [.tooManySymbolicLinkLevels, .notDirectory].contains(error.errno) else { throw error }
            throw Failure("\(name) is a symbolic link or no directory", class: .rejected)
        }
    }

    /// The bytes of the regular file `name`; nil where nothing has that name.
    func contents(of name: ByteString, limit: Int) throws -> [UInt8]? {
        guard let file = try openFile(name) else { return nil }
        return try file.allBytes(limit: limit)
    }

    /// The bytes from the current offset; too many are refused before one is read.
    func allBytes(limit: Int) throws -> [UInt8] {
        guard try status().size <= Int64(limit) else {
            throw Failure("it is longer than \(limit) bytes", class: .limit)
        }
        return try readToEnd(limit: limit)
    }

    /// Replaces the file `name` in one step, and keeps the change over a power cut.
    ///
    /// What stood there, a symbolic link too, is replaced and not written to. `prepare` sees the new file before it
    /// has its name; when it throws, everything stays as it was.
    func replaceFile(
        _ name: ByteString, with bytes: [UInt8], mode: UInt32,
        prepare: (borrowing OwnedDescriptor) throws -> Void = { _ in }
    ) throws {
        let temporary = TemporaryName.make()
        let file = try OwnedDescriptor.open(
            temporary, in: self, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode, resolving: .noSymbolicLinks)
        do {
            try file.lockExclusively()
            try file.write(bytes)
            try prepare(file)
            try file.synchronize()
            try rename(temporary, into: self, as: name, replacing: .existing)
        } catch {
            // The first failure is the one to report; a later build removes what could not be removed now.
            try? unlink(temporary)
            throw error
        }
        try synchronize()
    }

    /// Removes the temporary files that nobody is writing: what builds that were killed left.
    func removeAbandonedFiles() throws {
        for name in try names() where TemporaryName.matches(name) {
            guard try status(of: name).kind == .regular, let file = try openFile(name) else { continue }
            do throws(SystemError) {
                try file.lockExclusively()
            } catch {
                if error.errno == .wouldBlock || error.errno == .resourceTemporarilyUnavailable { continue }
                throw error
            }
            try unlink(name)
        }
    }
}
