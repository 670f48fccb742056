import Diagnostics

extension RecipeReader {
    /// A list of `path`, `source -> destination` or maps; null is an empty list.
    mutating func binds(_ entry: YAMLEntry) -> [BindRecipe] {
        let items = items(
            of: entry.value,
            orReport: "cannot unmarshal \(entry.value.phrase) into 'binds': expected 'binds' to be a list",
            expected: "a list of paths, of 'source -> destination', and of maps")
        return items.compactMap { item in
            if let text = item.string { return bind(text, at: item.mark) }
            if case .mapping(let fields) = item.content { return bind(fields, at: item.mark) }
            findings.report("unexpected 'bind': this is \(item.phrase)", at: item.mark, expected: Self.bindForms)
            return nil
        }
    }

    private static let bindForms = "a path, 'source -> destination', or a map with a 'source'"

    private mutating func bind(_ text: ByteString, at mark: Mark) -> BindRecipe? {
        let words = text.bytes.split { $0 == 0x20 || (0x09...0x0d).contains($0) }.map { ByteString(Array($0)) }
        switch words.count {
        case 1: return bind(from: words[0], at: mark, to: nil)
        case 3 where words[1] == "->": return bind(from: words[0], at: mark, to: (words[2], mark))
        default:
            findings.report("invalid Bind: \(Shown.text(text))", at: mark, expected: Self.bindForms)
            return nil
        }
    }

    private mutating func bind(_ fields: [YAMLEntry], at mark: Mark) -> BindRecipe? {
        var paths: [ByteString: (ByteString, Mark)] = [:]
        var isWhole = true
        for field in fields {
            guard let key = field.key.string, key == "source" || key == "dest" else {
                let word = field.key.scalar?.text ?? ""
                findings.report(
                    "unexpected 'bind': unknown field '\(Shown.text(word))'", at: field.key.mark,
                    suggestion: Spelling.suggestion(for: word, among: ["source", "dest"]))
                isWhole = false
                continue
            }
            if field.value.isNull { continue }
            guard let path = field.value.string else {
                findings.report(
                    "unexpected 'bind': '\(key)' is not a string: this is \(field.value.phrase)", at: field.value.mark)
                isWhole = false
                continue
            }
            // An empty destination says as little as none.
            if key == "source" || !path.isEmpty { paths[key] = (path, field.value.mark) }
        }
        guard isWhole else { return nil }
        guard let (source, place) = paths["source"] else {
            findings.report("unexpected 'bind': missing required field 'source'", at: mark)
            return nil
        }
        return bind(from: source, at: place, to: paths["dest"])
    }

    private mutating func bind(
        from source: ByteString, at mark: Mark, to destination: (path: ByteString, mark: Mark)?
    ) -> BindRecipe? {
        guard let source = fileReference(source, at: mark) else { return nil }
        guard let destination else {
            return allows(destination: source) ? BindRecipe(source: source, destination: nil) : nil
        }
        guard let place = fileReference(destination.path, at: destination.mark) else { return nil }
        guard !place.path.bytes.split(separator: 0x2f).contains(Array("..".utf8)[...]) else {
            findings.report("the destination of a bind cannot hold '..'", at: place.mark)
            return nil
        }
        return allows(destination: place) ? BindRecipe(source: source, destination: place) : nil
    }

    /// Reports a place that stacker itself fills; a relative one is none of them.
    private mutating func allows(destination: FileReference) -> Bool {
        guard destination.path.bytes.first == 0x2f else { return true }
        let components = destination.path.bytes.split(separator: 0x2f).map { ByteString(Array($0)) }
            .filter { $0 != "." }
        switch (components.first, components.count) {
        // One device of the host is a fair wish.
        case (nil, _), ("dev", 1), ("proc", _), ("sys", _), ("stacker", 1), (".stacker", _): break
        case ("stacker", _) where components[1] == "imports": break
        default: return true
        }
        findings.report(
            "nothing can be bound at \(Shown.text(destination.path)), which belongs to stacker", at: destination.mark,
            expected: "another destination, written 'source -> destination'")
        return false
    }
}
