import Builder

/// What a build is at, as lines for a terminal: a value that events change.
struct ProgressModel: Sendable {
    private struct Entry: Sendable {
        var activity: BuildActivity
        var began: Duration
        var bytes: UInt64?
        /// Bytes a second, as of lately.
        var rate: Double?
        /// When ``bytes`` was measured.
        var measured: Duration
    }

    private var images = 0
    private var done = 0
    private var entries: [Entry] = []
    private(set) var isOver = false

    /// `now` is the time since the build began.
    mutating func apply(_ event: BuildEvent, at now: Duration) {
        switch event {
        case .began(let images, _): self.images = images.count
        case .imageEnded(_, let succeeded): if succeeded { done += 1 }
        case .activityBegan(let activity):
            entries.append(Entry(activity: activity, began: now, measured: now))
        case .progressed(let progress): for one in progress { measure(one, at: now) }
        case .activityEnded(let activity, _, _): entries.removeAll { $0.activity.id == activity.id }
        case .ended:
            entries = []
            isOver = true
        case .imageBegan, .terminalTaken, .terminalReturned: break
        }
    }

    private mutating func measure(_ progress: BuildEvent.Progress, at now: Duration) {
        guard let bytes = progress.bytes,
            let index = entries.firstIndex(where: { $0.activity.id == progress.activity.id })
        else { return }
        var entry = entries[index]
        let seconds = (now - entry.measured) / .seconds(1)
        guard seconds > 0 else { return }
        // A worker that begins anew, with another library, goes back to the start.
        let fresh = Double(bytes >= entry.bytes ?? 0 ? bytes - (entry.bytes ?? 0) : bytes) / seconds
        // Smoothed over some two seconds, whatever the interval.
        let weight = min(1, seconds / 2)
        entry.rate = entry.rate.map { $0 + (fresh - $0) * weight } ?? fresh
        (entry.bytes, entry.measured) = (bytes, now)
        entries[index] = entry
    }

    /// Lines of at most `width` columns, at most `height` of them; none where there is nothing to show.
    func lines(width: Int, height: Int, at now: Duration) -> [String] {
        guard width > 0, height > 0, !entries.isEmpty else { return [] }
        var lines = images > 1 ? ["\(done) of \(images) images done"] : []
        let names = entries.map { $0.activity.image.utf8.count }.max() ?? 0
        for entry in entries {
            let padding = String(repeating: " ", count: names - entry.activity.image.utf8.count)
            lines.append("\(entry.activity.image)\(padding)  \(Self.text(entry, at: now))")
        }
        if lines.count > height { lines = lines.prefix(height - 1) + ["and \(lines.count - height + 1) more"] }
        return lines.map { Self.cut($0, to: width) }
    }

    private static func text(_ entry: Entry, at now: Duration) -> String {
        let subject = entry.activity.subject.isEmpty ? "" : " \(shortened(entry.activity.subject))"
        var facts = ["\(entry.activity.kind.rawValue)\(subject)"]
        guard let bytes = entry.bytes else {
            facts.append("\(Elapsed(now - entry.began))")
            return facts.joined(separator: "  ")
        }
        let rate = entry.rate.flatMap { $0 >= 1 && $0 < 1e18 ? UInt64($0) : nil }
        if let total = entry.activity.total, total > 0 {
            facts.append("\(ByteCount(min(bytes, total))) of \(ByteCount(total))")
            facts.append("\(Int(Double(min(bytes, total)) / Double(total) * 100)) %")
        } else {
            facts.append("\(ByteCount(bytes))")
        }
        if let rate { facts.append("\(ByteCount(rate))/s") }
        if let rate, let total = entry.activity.total, total > bytes {
            facts.append("\(Elapsed(.seconds(Int64(clamping: (total - bytes) / rate)))) left")
        }
        return facts.joined(separator: "  ")
    }

    /// Digests say enough with their first digits.
    private static func shortened(_ subject: String) -> String {
        subject.hasPrefix("sha256:") ? String(subject.prefix(19)) : subject
    }

    /// As much of the text as fits; what is not ASCII may take two columns.
    static func cut(_ text: String, to width: Int) -> String {
        var left = width
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            left -= scalar.isASCII ? 1 : 2
            if left < 0 { break }
            result.append(scalar)
        }
        return String(result)
    }

    /// The columns that a text takes at most.
    static func columns(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) } }
}
