import Glibc
import Synchronization

/// What is under way in a build, and how far it is.
///
/// How far an archive is read or written, the shared offset of its descriptor tells: workers inherit the same open file,
/// so nobody has to send anything.
final class Activities: Sendable {
    private struct State {
        var last = 0
        /// In the order they began, with the descriptor whose offset counts.
        var active: [(activity: BuildActivity, descriptor: CInt?)] = []
    }

    private let reporter: any BuildReporter
    private let state = Mutex(State())

    init(reporter: any BuildReporter) { self.reporter = reporter }

    /// Runs `body`, and tells that it is under way.
    ///
    /// `archive` is the raw number of a descriptor that is open until `body` returns.
    func during<Value: Sendable>(
        _ kind: BuildActivity.Kind, image: String, subject: String = "", total: UInt64? = nil, archive: CInt? = nil,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let activity = begin(kind, image, subject, total, archive)
        do {
            let value = try await body()
            end(activity, succeeded: true)
            return value
        } catch {
            end(activity, succeeded: false)
            throw error
        }
    }

    /// Sends what is under way, as often as it is wanted, until the task is cancelled.
    func keepReporting() async {
        guard let interval = reporter.interval else { return }
        while (try? await Task.sleep(for: interval)) != nil { reportProgress() }
    }

    func reportProgress() {
        // Measured with the lock held, because an activity that ends closes its descriptor.
        let progress = state.withLock { state in
            state.active.map { BuildEvent.Progress($0.activity, bytes: Self.offset($0.descriptor)) }
        }
        reporter.report(.progressed(progress))
    }

    private func begin(
        _ kind: BuildActivity.Kind, _ image: String, _ subject: String, _ total: UInt64?, _ archive: CInt?
    ) -> BuildActivity {
        let activity = state.withLock { state in
            state.last += 1
            let activity = BuildActivity(id: state.last, image: image, kind: kind, subject: subject, total: total)
            state.active.append((activity, archive))
            return activity
        }
        reporter.report(.activityBegan(activity))
        return activity
    }

    private func end(_ activity: BuildActivity, succeeded: Bool) {
        let bytes = state.withLock { state -> UInt64? in
            guard let index = state.active.firstIndex(where: { $0.activity.id == activity.id }) else { return nil }
            return Self.offset(state.active.remove(at: index).descriptor)
        }
        reporter.report(.activityEnded(activity, bytes: bytes, succeeded: succeeded))
    }

    /// `nil` for a pipe, which has none.
    private static func offset(_ descriptor: CInt?) -> UInt64? {
        guard let descriptor else { return nil }
        return UInt64(exactly: lseek(descriptor, 0, SEEK_CUR))
    }
}
