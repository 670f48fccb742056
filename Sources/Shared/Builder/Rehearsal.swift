import HelperClient
import Storage
import SystemPackage

/// Tries what a build will do in its namespace beside the work that comes before it, in the words of `stacker check`.
struct Rehearsal: Sendable {
    private let overlay: OnFirstUse<Void>
    private let step: OnFirstUse<Void>

    init(_ storage: OverlayStorage, roots: FilePath) {
        overlay = OnFirstUse { try await Namespace.explaining(roots: roots) { try await storage.rehearseOverlay() } }
        step = OnFirstUse { try await Namespace.explaining(roots: roots) { try await storage.rehearseStep() } }
    }

    /// Does `work`, which a build step will follow, and ends it early if one of the trials fails.
    ///
    /// A step that is next is its own trial: its command begins only after all that could fail has not. So `isLong`
    /// says whether the work may take a while.
    func beside<Value: Sendable>(isLong: Bool, _ work: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        let trials = isLong ? [overlay, step] : [overlay]
        do {
            async let value = work()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for trial in trials { group.addTask { try await trial.value() } }
                try await group.waitForAll()
            }
            return try await value
        } catch {
            // What fails in the work may only be what a trial has a better name for.
            for trial in trials { try await trial.value() }
            throw error
        }
    }
}
