import Diagnostics

extension RecipeReader {
    /// The values of a `from` map, as strings where they are scalars.
    private struct Source {
        var type: YAMLNode?
        var url: YAMLNode?
        var tag: YAMLNode?
        var insecure: YAMLNode?
    }

    /// What `from` says.
    ///
    /// - Returns: `nil` where that cannot be, which is reported.
    mutating func base(_ from: YAMLEntry, of image: String) -> (Base, Mark)? {
        guard case .mapping(let entries) = from.value.content else {
            if from.value.isNull {
                findings.report(Self.missingBase, at: from.key.mark, expected: "a map with a 'type'")
            } else {
                findings.report(
                    "'from' is \(from.value.phrase)", at: from.value.mark, expected: "a map with a 'type'")
            }
            return nil
        }
        var source = Source()
        for entry in entries {
            switch entry.key.scalar?.text {
            case "type": source.type = entry.value
            case "url": source.url = entry.value
            case "tag": source.tag = entry.value
            case "insecure": source.insecure = entry.value
            case let key: reportUnknownSource(key ?? "", at: entry.key.mark)
            }
        }
        guard let type = source.type, !type.isNull else {
            findings.report(Self.missingBase, at: from.key.mark, expected: "a 'type' in 'from'")
            return nil
        }
        guard let word = type.string?.utf8Text, Vocabulary.sourceTypes.contains(word) else {
            let word = type.scalar?.text
            findings.report(
                "unknown layer type: \(word.map(Shown.text) ?? type.kindName)", at: type.mark,
                expected: "'docker', 'oci', 'tar', 'built' or 'scratch'",
                suggestion: word.flatMap { Spelling.suggestion(for: $0, among: Vocabulary.sourceTypes) })
            return nil
        }
        guard !refuses(word, at: type.mark) else { return nil }
        return base(word, source, at: type.mark, of: image)
    }

    private mutating func base(_ type: String, _ source: Source, at mark: Mark, of image: String) -> (Base, Mark)? {
        switch type {
        case "scratch": return (.scratch, mark)
        case "built":
            let message = "\(image): from tag cannot be empty for image type 'built'"
            guard let tag = required(source.tag, missing: message, at: mark) else { return nil }
            return (.built(tag.text), tag.mark)
        case "tar":
            guard let url = required(source.url, missing: "'url' is missing for type 'tar'", at: mark) else {
                return nil
            }
            guard !refusesScheme(of: ByteString(url.text), at: url.mark) else { return nil }
            return (.tar(ByteString(url.text)), url.mark)
        case "oci":
            guard let url = required(source.url, missing: "'url' is missing for type 'oci'", at: mark) else {
                return nil
            }
            return (.oci(url.text), url.mark)
        default:
            guard let url = required(source.url, missing: "'url' is missing for type '\(type)'", at: mark) else {
                return nil
            }
            return (.docker(url.text, insecure: flag(source.insecure)), url.mark)
        }
    }

    /// A string that must be there and not be empty.
    private mutating func required(_ node: YAMLNode?, missing: String, at mark: Mark) -> (text: String, mark: Mark)? {
        guard let node, !node.isNull else {
            findings.report(missing, at: mark)
            return nil
        }
        guard let text = node.scalar?.normalized else {
            findings.report("expected a string, found \(node.phrase)", at: node.mark)
            return nil
        }
        guard !text.isEmpty else {
            findings.report(missing, at: node.mark)
            return nil
        }
        guard let line = oneLine(text, at: node.mark) else { return nil }
        return (line, node.mark)
    }

    private mutating func flag(_ node: YAMLNode?) -> Bool {
        guard let node, !node.isNull else { return false }
        if case .boolean(let value) = node.scalar?.value { return value }
        findings.report("'insecure' is \(node.phrase)", at: node.mark, expected: "true or false")
        return false
    }

    private mutating func reportUnknownSource(_ key: ByteString, at mark: Mark) {
        findings.report(
            "unknown image source directive '\(Shown.text(key))'", at: mark,
            suggestion: Spelling.suggestion(for: key, among: Vocabulary.sourceKeys))
    }
}
