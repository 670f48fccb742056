import Diagnostics
import LinuxSystem
import SystemPackage

extension OwnedDescriptor {
    /// Removes an entry, and everything below it where it is a directory.
    func removeTree(_ name: ByteString) throws(SystemError) {
        guard try !removeUnlessFull(name) else { return }
        let directory = try openDirectory(name)
        try directory.removeContents()
        try unlink(name, .directory)
    }

    /// Removes everything in this directory, however deep, with three descriptors and no recursion.
    ///
    /// What is in a subdirectory is removed; what cannot be, because it is a directory that is not empty, is moved up
    /// here for the next round.
    private func removeContents() throws(SystemError) {
        var moved = 0
        while true {
            let names = try names()
            if names.isEmpty { return }
            for name in names where try !removeUnlessFull(name) {
                let subdirectory = try openDirectory(name)
                for inner in try subdirectory.names() where try !subdirectory.removeUnlessFull(inner) {
                    try subdirectory.moveUp(inner, into: self, &moved)
                }
                try unlink(name, .directory)
            }
        }
    }

    /// - Returns: `false` where the entry is a directory with something in it.
    private func removeUnlessFull(_ name: ByteString) throws(SystemError) -> Bool {
        do {
            try unlink(name)
            return true
        } catch {
            if error.errno == .noSuchFileOrDirectory { return true }
            guard error.errno == .isDirectory else { throw error }
        }
        do {
            try unlink(name, .directory)
            return true
        } catch {
            guard error.errno == .directoryNotEmpty || error.errno == .fileExists else { throw error }
            return false
        }
    }

    /// Gives an entry a name in `directory` that nothing else there has.
    private func moveUp(
        _ name: ByteString, into directory: borrowing OwnedDescriptor, _ moved: inout Int
    ) throws(SystemError) {
        while true {
            moved += 1
            do {
                return try rename(name, into: directory, as: ByteString(".stacker-remove-\(moved)"))
            } catch {
                guard error.errno == .fileExists else { throw error }
            }
        }
    }
}
