import Diagnostics

/// Finds what looks like a variable of a shell and has the name of a substitution.
///
/// Older files meant a substitution by it; today it would reach the shell, which knows no such variable.
enum ShellPlaceholders {
    /// Reports `$NAME`, also where more letters follow, `${NAME}` and `${NAME:…}`, for every name that has a value.
    static func report(in source: SourceText, _ pairs: [Substitutions.Pair], _ findings: inout Findings) {
        guard !pairs.isEmpty else { return }
        // The longest name first: it is the one that was meant.
        let byFirst = Dictionary(grouping: pairs.indices) { pairs[$0].name.bytes.first ?? 0 }
            .mapValues { $0.sorted { pairs[$0].name.count > pairs[$1].name.count } }
        let bytes = source.bytes
        var count = 0
        var offset = 0
        var brace = 0
        while let dollar = bytes[offset...].firstIndex(of: 0x24) {
            offset = dollar + 1
            let start = offset < bytes.count && bytes[offset] == 0x7b ? offset + 1 : offset
            guard start < bytes.count, let candidates = byFirst[bytes[start]] else { continue }
            if brace < start { brace = bytes[start...].firstIndex(of: 0x7d) ?? bytes.count }
            for number in candidates {
                let name = pairs[number].name.bytes
                guard let end = end(of: name, at: start, brace: start > offset ? brace : nil, bytes) else { continue }
                count += 1
                if findings.isFull {
                    findings.omitOne()
                    break
                }
                let shown = Shown.text(ByteString(bytes[dollar..<end]))
                findings.report(
                    "'\(shown)' is no placeholder, but '\(Shown.text(pairs[number].name))' is a substitution",
                    at: source.mark(atByte: dollar),
                    expected: "'${{\(Shown.text(pairs[number].name))}}', or another name for a variable of the script",
                    values: [.value(number)])
                break
            }
        }
        // Scripts look for these words.
        if count > 0 { findings.summary = "\(count) instances of unsupported placeholders found" }
    }

    /// Where the use of a name ends whose first letter is at `start`; `nil` where it is none.
    ///
    /// `brace` is where the next `}` is, if a `{` was before the name.
    private static func end(of name: [UInt8], at start: Int, brace: Int?, _ bytes: [UInt8]) -> Int? {
        guard bytes[start...].starts(with: name) else { return nil }
        let end = start + name.count
        guard let brace else { return end }
        guard brace < bytes.count, end == brace || (end < brace && bytes[end] == 0x3a) else { return nil }
        return brace + 1
    }
}
