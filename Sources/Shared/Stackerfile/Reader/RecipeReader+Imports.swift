import Diagnostics

extension RecipeReader {
    /// Reads `imports`, or the deprecated `import`; only one of them may hold anything.
    mutating func readImports(_ imports: YAMLEntry?, legacy: YAMLEntry?, into image: inout ImageRecipe) {
        image.imports = imports.map { self.imports($0, named: "imports") } ?? []
        guard let legacy, !legacy.value.isNull else { return }
        let old = self.imports(legacy, named: "import")
        guard !isEmptyList(legacy.value) else { return }
        findings.warn("'import' is deprecated: use 'imports'", at: legacy.key.mark)
        guard let imports, !imports.value.isNull, !isEmptyList(imports.value) else {
            image.imports = old
            image.usesLegacyImport = true
            return
        }
        findings.report(
            "layer '\(image.name)' cannot have both 'import' and 'imports'", at: legacy.key.mark,
            note: ("'imports' is here", imports.key.mark))
    }

    private func isEmptyList(_ node: YAMLNode) -> Bool {
        if case .sequence(let items) = node.content { items.isEmpty } else { false }
    }

    private mutating func imports(_ entry: YAMLEntry, named name: String) -> [FileReference] {
        if entry.value.isNull { return [] }
        var items = [entry.value]
        if case .sequence(let list) = entry.value.content {
            items = list
        } else if entry.value.string == nil {
            findings.report(
                "'\(name)' expected an array", at: entry.value.mark, expected: "a path, or a list of paths and maps")
            return []
        }
        return items.compactMap { item in
            if let path = item.string { return importReference(path, at: item.mark) }
            if case .mapping(let fields) = item.content { return importReference(fields, at: item.mark) }
            findings.report(
                "could not read imports entry: this is \(item.phrase)", at: item.mark,
                expected: "a path, or a map with a 'path'")
            return nil
        }
    }

    /// An import with options; fields that stacker.yaml does not have are ignored.
    private mutating func importReference(_ fields: [YAMLEntry], at mark: Mark) -> FileReference? {
        var path: YAMLNode?
        var isRefused = false
        for field in fields {
            guard let key = field.key.string?.utf8Text else {
                let shown = field.key.scalar.map { "'\(Shown.text($0.text))'" } ?? field.key.phrase
                findings.report("the key \(shown) is not a string", at: field.key.mark)
                isRefused = true
                continue
            }
            if key == "path" { path = field.value }
            if Vocabulary.importOptions.contains(key), refuses(key, at: field.key.mark) { isRefused = true }
        }
        guard let path, !path.isNull else {
            findings.report("No 'path' entry found", at: mark)
            return nil
        }
        guard let text = path.string else {
            findings.report("'path' is not a string: this is \(path.phrase)", at: path.mark)
            return nil
        }
        let reference = importReference(text, at: path.mark)
        return isRefused ? nil : reference
    }

    private mutating func importReference(_ path: ByteString, at mark: Mark) -> FileReference? {
        guard !refusesScheme(of: path, at: mark) else { return nil }
        return fileReference(path, at: mark)
    }

    /// A path of a file on this machine.
    mutating func fileReference(_ path: ByteString, at mark: Mark) -> FileReference? {
        guard !path.isEmpty else {
            findings.report("the path is empty", at: mark)
            return nil
        }
        guard oneLine(path, at: mark) != nil else { return nil }
        return FileReference(path: path, mark: mark)
    }

    /// Reports a `scheme://` that cannot be fetched from.
    mutating func refusesScheme(of text: ByteString, at mark: Mark) -> Bool {
        let bytes = text.bytes
        guard let colon = bytes.firstIndex(of: 0x3a), bytes[colon...].starts(with: [0x3a, 0x2f, 0x2f]) else {
            return false
        }
        let scheme = ByteString(bytes[..<colon])
        guard !scheme.isEmpty, !scheme.bytes.contains(0x2f) else { return false }
        if let known = scheme.utf8Text, Vocabulary.schemes.contains(known) { return refuses(known, at: mark) }
        findings.report(
            "unsupported url scheme \(Shown.text(scheme))", at: mark,
            suggestion: Spelling.suggestion(for: scheme, among: Vocabulary.schemes))
        return true
    }
}
