import Diagnostics

extension RecipeReader {
    /// A string or a list of strings; null is an empty list.
    mutating func script(_ value: YAMLNode) -> [String] {
        switch value.content {
        case .sequence(let items): return strings(items)
        case .scalar where value.isNull: return []
        case .scalar, .mapping: break
        }
        guard let text = value.string else {
            reportShape(value)
            return []
        }
        return [String(decoding: text.bytes, as: UTF8.self)]
    }

    /// Where the lines of a script are written.
    func origin(of value: YAMLNode) -> ScriptOrigin? {
        guard let text else { return nil }
        var items = [value]
        if case .sequence(let list) = value.content { items = list }
        return ScriptOrigin(
            file: findings.file, text: text, mark: value.mark,
            items: items.compactMap { item in item.string.map { .init(text: $0, offset: item.textOffset) } })
    }

    /// A list of words, or a line to split as a shell does; null is unset.
    mutating func command(_ value: YAMLNode) -> [String]? {
        if value.isNull { return nil }
        if case .sequence(let items) = value.content { return strings(items) }
        guard let line = value.string else {
            reportShape(value)
            return nil
        }
        do throws(ShellWords.Unfinished) {
            return try ShellWords.split(line).map { String(decoding: $0.bytes, as: UTF8.self) }
        } catch {
            switch error {
            case .singleQuote: findings.report("a ' is not closed in this command", at: value.mark)
            case .doubleQuote: findings.report("a \" is not closed in this command", at: value.mark)
            case .backslash: findings.report("this command ends in a backslash", at: value.mark)
            }
            return nil
        }
    }

    private mutating func strings(_ items: [YAMLNode]) -> [String] {
        items.compactMap { item in
            if let text = item.string { return String(decoding: text.bytes, as: UTF8.self) }
            findings.report(
                "unknown run array type: \(item.kindName)", at: item.mark,
                expected: item.scalar == nil ? "a string" : "a string: put it in quotes")
            return nil
        }
    }

    private mutating func reportShape(_ value: YAMLNode) {
        findings.report(
            "unknown directive type: \(value.kindName)", at: value.mark, expected: "a string, or a list of strings")
    }

    /// Names and values; null is an empty map.
    mutating func stringPairs(_ entry: YAMLEntry) -> [StringPair] {
        if entry.value.isNull { return [] }
        let field = Shown.text(entry.key.scalar?.text ?? "")
        guard case .mapping(let entries) = entry.value.content else {
            findings.report(
                "cannot unmarshal \(entry.value.phrase) into '\(field)'", at: entry.value.mark,
                expected: "a map from strings to strings")
            return []
        }
        // Numbers are normalised, so that names which were written differently may be one.
        var seen: [ByteString: Mark] = [:]
        return entries.compactMap { pair in
            guard let name = pair.key.scalar?.normalized else {
                findings.report("a key of '\(field)' is not a string", at: pair.key.mark)
                return nil
            }
            guard let value = pair.value.scalar?.normalized else {
                findings.report(
                    "cannot unmarshal \(pair.value.phrase) into '\(field)'", at: pair.value.mark, expected: "a string")
                return nil
            }
            guard !name.isEmpty else {
                findings.report("a key of '\(field)' is empty", at: pair.key.mark)
                return nil
            }
            guard let line = oneLine(name, at: pair.key.mark) else { return nil }
            if let first = seen[name] {
                findings.report(
                    "duplicate key '\(Shown.text(name))'", at: pair.key.mark, note: ("first given here", first))
                return nil
            }
            seen[name] = pair.key.mark
            return StringPair(
                name: line, value: String(decoding: value.bytes, as: UTF8.self), mark: pair.key.mark)
        }
    }

    /// Names and values of environment variables: a `=` in a name would move the border between the two.
    mutating func environment(_ entry: YAMLEntry) -> [StringPair] {
        let pairs = stringPairs(entry)
        for pair in pairs where pair.name.utf8.contains(0x3d) {
            findings.report("the name of an environment variable cannot hold '='", at: pair.mark)
        }
        return pairs
    }

    /// The items of a list; null is an empty one, and anything else is reported with this message.
    mutating func items(of list: YAMLNode, orReport message: String, expected: String) -> [YAMLNode] {
        if list.isNull { return [] }
        if case .sequence(let items) = list.content { return items }
        findings.report(message, at: list.mark, expected: expected)
        return []
    }

    mutating func volumes(_ entry: YAMLEntry) -> [String] {
        let items = items(of: entry.value, orReport: "'volumes' expected an array", expected: "a list of paths")
        return items.compactMap { item in
            guard let text = item.scalar?.normalized, !text.isEmpty else {
                findings.report("a volume is \(item.phrase)", at: item.mark, expected: "a path")
                return nil
            }
            return oneLine(text, at: item.mark)
        }
    }

    /// A scalar on one line; null and the empty string are unset.
    mutating func line(_ entry: YAMLEntry) -> String? {
        guard let text = entry.value.scalar?.normalized else {
            findings.report(
                "cannot unmarshal \(entry.value.phrase) into '\(Shown.text(entry.key.scalar?.text ?? ""))'",
                at: entry.value.mark, expected: "a string")
            return nil
        }
        return text.isEmpty ? nil : oneLine(text, at: entry.value.mark)
    }

    /// The text of a name or path, which line breaks of any kind and control characters would falsify.
    mutating func oneLine(_ text: ByteString, at mark: Mark) -> String? {
        let string = String(decoding: text.bytes, as: UTF8.self)
        let isControl = { (scalar: Unicode.Scalar) in
            scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
        }
        guard let control = string.unicodeScalars.first(where: isControl) else { return string }
        findings.report(
            "'\(Shown.text(text))' holds the control character \(ByteString(String(control)))", at: mark,
            expected: "text on one line")
        return nil
    }
}
