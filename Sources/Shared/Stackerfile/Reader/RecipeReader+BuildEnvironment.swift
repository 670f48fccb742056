import Diagnostics

extension RecipeReader {
    /// Regular expressions for names of variables; null is an empty list.
    mutating func passthrough(_ entry: YAMLEntry) -> [String] {
        let items = items(
            of: entry.value, orReport: "cannot unmarshal \(entry.value.phrase) into 'build_env_passthrough'",
            expected: "a list of regular expressions")
        return items.compactMap { item in
            guard let text = item.string else {
                findings.report(
                    "a regular expression is not a string: this is \(item.phrase)", at: item.mark,
                    expected: "a string: put it in quotes")
                return nil
            }
            guard text.count <= VariablePattern.longest else {
                findings.report(
                    "a regular expression is longer than \(VariablePattern.longest) bytes", at: item.mark, class: .limit
                )
                return nil
            }
            let pattern = String(decoding: text.bytes, as: UTF8.self)
            do {
                _ = try VariablePattern(pattern)
                return pattern
            } catch {
                findings.report(
                    "invalid regular expression '\(Shown.text(text))': \(ByteString("\(error)"))", at: item.mark)
                return nil
            }
        }
    }

    /// Variables that `run` sees; a NUL would hide the rest of a value from the program.
    mutating func buildEnvironment(_ entry: YAMLEntry) -> [StringPair] {
        let pairs = environment(entry)
        for pair in pairs where pair.value.utf8.contains(0) {
            findings.report("the value of '\(Shown.text(ByteString(pair.name)))' holds a NUL", at: pair.mark)
        }
        return pairs
    }
}
