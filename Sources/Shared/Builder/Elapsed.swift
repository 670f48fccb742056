/// A time that something took, for people: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`; rounded down.
public struct Elapsed: CustomStringConvertible {
    private let tenths: Int64

    public init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        tenths = min(max(seconds, 0), Int64.max / 20) * 10 + max(attoseconds, 0) / 100_000_000_000_000_000
    }

    public var description: String {
        let seconds = tenths / 10
        switch seconds {
        case ..<10: return "\(seconds).\(tenths % 10) s"
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        }
    }
}
