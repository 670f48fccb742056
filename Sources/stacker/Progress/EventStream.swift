import Builder
import Diagnostics
import Glibc
import OCI
import Synchronization
import SystemPackage

/// Writes what happens to standard error, one JSON object a line, for programs; output of steps stays on standard output.
///
/// stacker(1) describes the objects. A reader ignores events and members that it does not know; `version` changes when
/// that would not be enough.
final class EventStream: BuildReporter {
    static let version: Int64 = 1

    let logsActivities = false
    var drawsBelowOutput: Bool { false }
    var interval: Duration? { .milliseconds(500) }

    private let start = ContinuousClock.now
    /// So that times in the stream never go back.
    private let writing = Mutex(())

    func write(_ output: [UInt8]) throws { try StandardOutput.write(output) }

    /// A log whose lines become events.
    func log(like log: Log) -> Log {
        log.routed { [self] line in
            send("log", ["level": .string("\(line.level)"), "message": .string(line.message)])
        }
    }

    func report(_ event: BuildEvent) {
        switch event {
        case .began(let images, let jobs):
            send("build-began", ["images": .array(images.map(JSONValue.string)), "jobs": .integer(Int64(jobs))])
        case .imageBegan(let image): send("image-began", ["image": .string(image)])
        case .activityBegan(let activity):
            var members: [String: JSONValue] = [
                "id": .integer(Int64(activity.id)), "image": .string(activity.image),
                "activity": .string(activity.kind.rawValue),
            ]
            if !activity.subject.isEmpty { members["subject"] = .string(activity.subject) }
            if let total = activity.total { members["total_bytes"] = Self.number(total) }
            send("activity-began", members)
        case .progressed(let progress):
            for one in progress {
                guard let bytes = one.bytes else { continue }
                send("activity-progressed", ["id": .integer(Int64(one.activity.id)), "bytes": Self.number(bytes)])
            }
        case .activityEnded(let activity, let bytes, let succeeded):
            var members: [String: JSONValue] = [
                "id": .integer(Int64(activity.id)), "succeeded": .bool(succeeded),
            ]
            if let bytes { members["bytes"] = Self.number(bytes) }
            send("activity-ended", members)
        case .imageEnded(let image, let succeeded):
            send("image-ended", ["image": .string(image), "succeeded": .bool(succeeded)])
        case .ended(let succeeded): send("build-ended", ["succeeded": .bool(succeeded)])
        case .terminalTaken, .terminalReturned: break
        }
    }

    private static func number(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }

    private func send(_ event: String, _ members: [String: JSONValue]) {
        writing.withLock { _ in
            var all = members
            all["version"] = .integer(Self.version)
            all["event"] = .string(event)
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            all["elapsed_ms"] = .integer(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
            // Like a line of the log, one that nobody reads stops no build.
            _ = try? FileDescriptor.standardError.writeAll(JSONValue.object(all).bytes + [UInt8(ascii: "\n")])
        }
    }
}
