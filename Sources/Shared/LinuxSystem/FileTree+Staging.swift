public import Diagnostics

extension FileTree {
    /// Copies the entry `name`, so that what it is for has all of it or none.
    ///
    /// The copy is made in a new directory of `target`, whose name begins with `prefix`; `move` takes it from there, and
    /// the directory is removed whatever happens.
    public static func copy(
        _ name: ByteString, from source: borrowing OwnedDescriptor, stagedIn target: borrowing OwnedDescriptor,
        _ prefix: String, move: (borrowing OwnedDescriptor) throws(SystemError) -> Void
    ) throws(SystemError) {
        let stage = ByteString("\(prefix)\(String(UInt64.random(in: .min ... .max), radix: 36))")
        try target.makeDirectory(stage, mode: 0o700)
        do throws(SystemError) {
            let directory = try target.openDirectory(stage)
            try copy(name, from: source, into: directory)
            try move(directory)
        } catch {
            try? remove(stage, in: target)  // The first error tells more.
            throw error
        }
        try remove(stage, in: target)
    }
}
