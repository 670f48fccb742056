import Diagnostics

/// Turns the entries of a map as written into those it means.
enum YAMLMapping {
    /// Resolves `<<` and reports keys that come twice.
    ///
    /// A merged entry stands where its `<<` stood; an entry of the map itself wins over it, and of several merged maps
    /// the first wins. At the top of a document duplicates stay: they are layers, and get a message of their own.
    ///
    /// Source: yaml.org/type/merge.
    static func resolve(_ written: [YAMLEntry], isTop: Bool, _ findings: inout Findings) -> [YAMLEntry] {
        var seen: [ByteString: Mark] = [:]
        var hasMerge = false
        var own: [YAMLEntry] = []
        own.reserveCapacity(written.count)
        for entry in written {
            guard let key = entry.key.scalar?.text else {
                own.append(entry)
                continue
            }
            hasMerge = hasMerge || isMerge(entry.key)
            if let first = seen[key] {
                if isTop, !isMerge(entry.key) {
                    own.append(entry)
                } else {
                    findings.report(
                        "duplicate key '\(Shown.text(key))'", at: entry.key.mark,
                        note: ("first given here", first))
                }
            } else {
                seen[key] = entry.key.mark
                own.append(entry)
            }
        }
        guard hasMerge else { return own }
        return own.flatMap { entry in isMerge(entry.key) ? merged(entry, &seen, &findings) : [entry] }
    }

    private static func isMerge(_ key: YAMLNode) -> Bool { key.string == "<<" }

    private static func merged(
        _ entry: YAMLEntry, _ seen: inout [ByteString: Mark], _ findings: inout Findings
    ) -> [YAMLEntry] {
        var sources = [entry.value]
        if case .sequence(let items) = entry.value.content { sources = items }
        var merged: [YAMLEntry] = []
        for source in sources {
            guard case .mapping(let entries) = source.content else {
                findings.report(
                    "'<<' cannot merge \(source.phrase)", at: source.mark, expected: "a map, or a list of maps")
                continue
            }
            for entry in entries {
                guard let key = entry.key.scalar?.text, seen[key] == nil else { continue }
                seen[key] = entry.key.mark
                merged.append(entry)
            }
        }
        return merged
    }
}
