import Diagnostics
import HelperClient
import LinuxSystem
import Synchronization
import SystemPackage

/// What the git tree around a stacker.yaml is at, found out when it is first asked for.
final class GitVersion: Sendable {
    private let folder: FilePath
    private let scratch: FilePath
    private let environment: [ByteString]
    private let log: Log
    /// Outer `nil`: nobody has asked yet.
    private let found = Mutex<String??>(nil)

    /// `folder` is that of the stacker.yaml, `scratch` a directory of stacker's own, and `environment` the caller's.
    init(of folder: FilePath, scratch: FilePath, environment: [ByteString], log: Log) {
        self.folder = folder
        self.scratch = scratch
        self.environment = environment
        self.log = log
    }

    /// A name such as `v1.2-3-gabcdef0`, or the whole hash where no tag is near, with `-dirty` where tracked files were
    /// changed; `nil` outside of a git tree, and where it cannot be told.
    func value() async -> String? {
        // Waiting for programs blocks, and so does waiting for another image that asks the same.
        (try? await Blocking.run {
            self.found.withLock { found in
                if let known = found { return known }
                let version = self.describe()
                found = .some(version)
                return version
            }
        }) ?? nil
    }

    /// Asks ahead of time, beside other work: git is started several times.
    func find() async { _ = await value() }

    private func describe() -> String? {
        do {
            guard let tree = try GitTree.around(folder, environment: environment) else { return nil }
            let snapshot = try GitSnapshot(of: tree, in: scratch)
            let result = Result { try snapshot.version() }
            try snapshot.remove()
            return try result.get()
        } catch {
            log.info("no git version in the image: \(Failure(explaining: error))")
            return nil
        }
    }
}
