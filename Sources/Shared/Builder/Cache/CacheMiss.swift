import Digests
import Diagnostics

/// Why an image is made again.
struct CacheMiss: Hashable, Sendable {
    /// The first reason, in the words that scripts look for; the rest only for who asks for all of it.
    var lines: [String]
    /// Every further reason.
    var more: [String]

    /// Finds what differs.
    ///
    /// `changes` tells the paths that changed in a directory, given its digests of before and now; `nil` where that is
    /// not known any more.
    static func explain(
        _ old: InputsRecord, _ new: InputsRecord, verbose: Bool,
        changes: (_ before: String, _ now: String) -> [ByteString]?
    ) -> CacheMiss {
        var reasons: [[String]] = []
        if old.definition != new.definition { reasons.append(["cache miss because layer definition was changed"]) }
        if old.base != new.base { reasons.append(["cache miss because base layer was changed"]) }
        if old.sourceDateEpoch != new.sourceDateEpoch {
            reasons.append(["cache miss because SOURCE_DATE_EPOCH changed"])
        }
        let imports = AddedInput.Kind.importForStep.rawValue
        for kind in [imports, AddedInput.Kind.importAsLayer.rawValue] {
            reasons += importReasons(Self.inputs(old, kind), Self.inputs(new, kind))
        }
        reasons += overlayReasons(old, new, verbose: verbose, changes: changes)
        if reasons.isEmpty { reasons = [["cache miss because the cached result is gone or damaged"]] }
        return CacheMiss(lines: reasons.first ?? [], more: reasons.dropFirst().flatMap(\.self))
    }

    private static func inputs(_ record: InputsRecord, _ kind: String) -> [InputsRecord.Input] {
        record.inputs.filter { $0.kind == kind }
    }

    private static func importReasons(_ old: [InputsRecord.Input], _ new: [InputsRecord.Input]) -> [[String]] {
        let before = Dictionary(old.map { ($0.path, $0) }) { first, _ in first }
        var reasons: [[String]] = []
        for input in new {
            guard let previous = before[input.path] else {
                reasons.append(["cache miss because of new import: \(input.path)"])
                continue
            }
            if previous.isDirectory != input.isDirectory {
                reasons.append(["cache miss because import type changed: \(input.path)"])
            } else if previous.content != input.content {
                let what = input.isDirectory ? "import dir content" : "import content"
                reasons.append(["cache miss because \(what) changed: \(input.path)"])
            } else if previous.manner != input.manner {
                reasons.append(["cache miss because layer definition was changed"])
            }
        }
        let now = Set(new.map(\.path))
        for input in old where !now.contains(input.path) {
            reasons.append(["cache miss because of removed import: \(input.path)"])
        }
        if reasons.isEmpty, old.map(\.path) != new.map(\.path) {
            reasons.append(["cache miss because layer definition was changed"])
        }
        return reasons
    }

    private static func overlayReasons(
        _ old: InputsRecord, _ new: InputsRecord, verbose: Bool,
        changes: (_ before: String, _ now: String) -> [ByteString]?
    ) -> [[String]] {
        let kind = AddedInput.Kind.overlayDirectory.rawValue
        let before = Dictionary(inputs(old, kind).map { ($0.path, $0) }) { first, _ in first }
        let now = inputs(new, kind)
        var reasons = now.filter { before[$0.path] == nil }.map {
            ["cache miss because of new overlay_dir: \($0.path)"]
        }
        let known = Set(now.map(\.path))
        reasons += before.keys.filter { !known.contains($0) }.sorted().map {
            ["cache miss because overlay_dir was removed: \($0)"]
        }
        let changed = now.filter { input in before[input.path].map { $0.content != input.content } ?? false }
        if !changed.isEmpty {
            let shown = verbose || changed.count <= shownDirectories ? changed.count : shownDirectories
            var lines = ["cache miss because content of \(changed.count) overlay dirs changed:"]
            for input in changed.prefix(shown) {
                lines.append("Changed overlay_dir: \(input.path)")
                guard let paths = before[input.path].flatMap({ changes($0.content, input.content) }) else { continue }
                lines.append("Contents that changed:")
                lines += shownPaths(paths, below: input.path, verbose: verbose)
            }
            if shown < changed.count {
                lines.append("and \(changed.count - shown) other overlay_dirs. use --debug for complete output")
            }
            reasons.append(lines)
        }
        if reasons.isEmpty, inputs(old, kind).map(\.manner) != now.map(\.manner) {
            reasons.append(["cache miss because layer definition was changed"])
        }
        return reasons
    }

    private static let shownDirectories = 2
    private static let shownFiles = 20

    private static func shownPaths(_ paths: [ByteString], below directory: String, verbose: Bool) -> [String] {
        let count = verbose ? paths.count : min(paths.count, shownFiles)
        let lines = paths.prefix(count).map { $0.isEmpty ? directory : "\(directory)/\($0)" }
        return count == paths.count ? lines : lines + ["and \(paths.count - count) more. use --debug for all of them"]
    }
}
