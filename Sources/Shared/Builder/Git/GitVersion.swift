import Diagnostics
import HelperClient
import LinuxSystem
import SystemPackage

/// What the git tree around a stacker.yaml is at, found out when it is first asked for.
struct GitVersion: Sendable {
    private let found: OnFirstUse<String?>

    /// `folder` is that of the stacker.yaml, `scratch` a directory of stacker's own, and `environment` the caller's.
    init(of folder: FilePath, scratch: FilePath, environment: [ByteString], log: Log) {
        found = OnFirstUse {
            try await Blocking.run { Self.describe(folder, scratch, environment, log) }
        }
    }

    /// A name such as `v1.2-3-gabcdef0`, or the whole hash where no tag is near, with `-dirty` where tracked files were
    /// changed; `nil` outside of a git tree, and where it cannot be told.
    func value() async -> String? { (try? await found.value()) ?? nil }

    private static func describe(
        _ folder: FilePath, _ scratch: FilePath, _ environment: [ByteString], _ log: Log
    ) -> String? {
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
