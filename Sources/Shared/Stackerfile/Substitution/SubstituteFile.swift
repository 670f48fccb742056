public import Diagnostics

/// Reads a file of substitutions: a YAML map from names to values.
public enum SubstituteFile {
    /// The pairs in the bytes of a file, in its order; a null is an empty value.
    ///
    /// Values are taken as they are written, so that `1.10` stays what it is.
    ///
    /// - Throws: All that is wrong, as for a stacker.yaml; messages call the file `file`.
    public static func parse(
        _ bytes: [UInt8], file: String, limits: Limits = Limits()
    ) throws(StackerfileErrors) -> [Substitutions.Pair] {
        var findings = Findings(file: file, source: SourceText(bytes), limits: limits)
        let root: YAMLNode?
        do throws(Unreadable) {
            root = try YAMLComposer.document(ofFile: bytes, limits: limits, findings: &findings)
        } catch {
            throw findings.failure()
        }
        let pairs = pairs(root, file, &findings)
        try findings.check()
        return pairs
    }

    private static func pairs(_ root: YAMLNode?, _ file: String, _ findings: inout Findings) -> [Substitutions.Pair] {
        guard let root, !root.isNull else { return [] }
        let expected = "a map from names to values"
        guard case .mapping(let entries) = root.content else {
            findings.report("the file of substitutions holds \(root.phrase)", at: root.mark, expected: expected)
            return []
        }
        var seen: [ByteString: Mark] = [:]
        return entries.compactMap { entry in
            guard let name = entry.key.scalar?.text, !name.isEmpty else {
                let what = entry.key.scalar == nil ? entry.key.phrase : "empty"
                findings.report("the name of a substitution is \(what)", at: entry.key.mark, expected: expected)
                return nil
            }
            if let first = seen[name] {
                findings.report(
                    "duplicate key '\(Shown.text(name))'", at: entry.key.mark, note: ("first given here", first))
                return nil
            }
            seen[name] = entry.key.mark
            guard let value = entry.value.scalar else {
                findings.report(
                    "the value of '\(Shown.text(name))' is \(entry.value.phrase)", at: entry.value.mark,
                    expected: expected)
                return nil
            }
            return Substitutions.Pair(
                name: name, value: entry.value.isNull ? "" : value.text, origin: .file(file, entry.key.mark))
        }
    }
}
