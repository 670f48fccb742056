import Diagnostics

extension RecipeReader {
    /// A list of maps with `source`, and `dest` where the content does not go to `/`; null is an empty list.
    mutating func overlayDirectories(_ entry: YAMLEntry) -> [OverlayDirectory] {
        let items = items(
            of: entry.value, orReport: "'overlay_dirs' expected an array",
            expected: "a list of maps with 'source' and 'dest'")
        return items.compactMap { item in
            guard case .mapping(let fields) = item.content else {
                findings.report(
                    "an overlay_dir is \(item.phrase)", at: item.mark, expected: "a map with 'source' and 'dest'")
                return nil
            }
            return overlayDirectory(fields, at: item.mark)
        }
    }

    private mutating func overlayDirectory(_ fields: [YAMLEntry], at mark: Mark) -> OverlayDirectory? {
        var source: YAMLNode?
        var destination: YAMLNode?
        for field in fields {
            switch field.key.scalar?.text {
            case "source": source = field.value.isNull ? nil : field.value
            case "dest": destination = field.value.isNull ? nil : field.value
            case let key:
                findings.warn(
                    "'\(Shown.text(key ?? ""))' is no field of an overlay_dir, and is ignored", at: field.key.mark,
                    suggestion: Spelling.suggestion(for: key ?? "", among: ["source", "dest"]))
            }
        }
        guard let source else {
            findings.report("an overlay_dir has no 'source'", at: mark)
            return nil
        }
        guard let path = source.string else {
            findings.report("'source' is not a string: this is \(source.phrase)", at: source.mark)
            return nil
        }
        guard let reference = fileReference(path, at: source.mark) else { return nil }
        guard let destination else { return OverlayDirectory(source: reference, destination: "/") }
        guard let text = destination.string else {
            findings.report("'dest' is not a string: this is \(destination.phrase)", at: destination.mark)
            return nil
        }
        guard oneLine(text, at: destination.mark) != nil, let place = withoutParent(text, at: destination.mark) else {
            return nil
        }
        // Relative to the root, as there is nothing else it could be relative to.
        return OverlayDirectory(source: reference, destination: ByteString([0x2f] + place.bytes))
    }
}
