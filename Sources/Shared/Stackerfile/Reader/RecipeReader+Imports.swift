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

    private mutating func imports(_ entry: YAMLEntry, named name: String) -> [Import] {
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
            if item.string != nil { return importItem(ImportFields(path: item), at: item.mark) }
            if case .mapping(let entries) = item.content {
                return importFields(entries).flatMap { importItem($0, at: item.mark) }
            }
            findings.report(
                "could not read imports entry: this is \(item.phrase)", at: item.mark,
                expected: "a path, or a map with a 'path'")
            return nil
        }
    }

    /// The values of a map that describes an import.
    private struct ImportFields {
        var path: YAMLNode?
        var hash: YAMLNode?
        var destination: YAMLNode?
        var mode: YAMLNode?
        var user: YAMLNode?
        var group: YAMLNode?
        var exclude: YAMLNode?
    }

    /// Takes the fields apart; those that stacker.yaml does not have are ignored, with a warning.
    ///
    /// - Returns: `nil` where one of them is refused, which is reported.
    private mutating func importFields(_ entries: [YAMLEntry]) -> ImportFields? {
        var fields = ImportFields()
        var isRefused = false
        for entry in entries {
            guard let key = entry.key.string else {
                let shown = entry.key.scalar.map { "'\(Shown.text($0.text))'" } ?? entry.key.phrase
                findings.report("the key \(shown) is not a string", at: entry.key.mark)
                isRefused = true
                continue
            }
            if let word = key.utf8Text, Vocabulary.importFields.contains(word), refuses(word, at: entry.key.mark) {
                isRefused = true
            }
            // Null is unset, as everywhere.
            let value = entry.value.isNull ? nil : entry.value
            switch key.utf8Text {
            case "path": fields.path = value
            case "hash": fields.hash = value
            case "dest": fields.destination = value
            case "mode": fields.mode = value
            case "uid": fields.user = value
            case "gid": fields.group = value
            case "exclude": fields.exclude = value
            default:
                findings.warn(
                    "'\(Shown.text(key))' is no field of an import, and is ignored", at: entry.key.mark,
                    suggestion: Spelling.suggestion(for: key, among: Vocabulary.importFields))
            }
        }
        return isRefused ? nil : fields
    }

    private mutating func importItem(_ fields: ImportFields, at mark: Mark) -> Import? {
        guard let path = fields.path else {
            findings.report("No 'path' entry found", at: mark)
            return nil
        }
        guard let text = path.string else {
            findings.report("'path' is not a string: this is \(path.phrase)", at: path.mark)
            return nil
        }
        guard var item = importSource(text, hasHash: fields.hash != nil, at: path.mark) else { return nil }
        item.hash = fields.hash.flatMap { hash($0) }
        item.destination = fields.destination.flatMap { importDestination($0) }
        item.mode = fields.mode.flatMap { mode($0) }
        item.user = fields.user.flatMap { owner($0, "uid") }
        item.group = fields.group.flatMap { owner($0, "gid") }
        item.exclude = fields.exclude.map { exclusions($0, of: item) } ?? []
        return item
    }

    private mutating func importSource(_ path: ByteString, hasHash: Bool, at mark: Mark) -> Import? {
        let scheme = scheme(of: path)?.utf8Text
        if requiresHashes, !hasHash, scheme == "http" || scheme == "https" {
            findings.report(
                "the import \(Shown.text(path)) has no hash", at: mark,
                expected: "a map with 'path' and 'hash', because of --require-hash")
            return nil
        }
        guard !refusesScheme(of: path, at: mark), let reference = fileReference(path, at: mark) else { return nil }
        let source = ImagePath(path).map(Import.Source.image) ?? .file(path)
        return Import(path: reference.path, mark: mark, source: source)
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

    /// What stands before `://`.
    func scheme(of text: ByteString) -> ByteString? {
        let bytes = text.bytes
        guard let colon = bytes.firstIndex(of: 0x3a), bytes[colon...].starts(with: [0x3a, 0x2f, 0x2f]) else {
            return nil
        }
        let scheme = ByteString(bytes[..<colon])
        return scheme.isEmpty || scheme.bytes.contains(0x2f) ? nil : scheme
    }

    /// Reports a `scheme://` that cannot be fetched from.
    mutating func refusesScheme(of text: ByteString, at mark: Mark) -> Bool {
        guard let scheme = scheme(of: text) else { return false }
        if let known = scheme.utf8Text, Vocabulary.schemes.contains(known) {
            guard !refuses(known, at: mark) else { return true }
            guard let complaint = ImagePath.complaint(about: text) else { return false }
            findings.report(complaint, at: mark, expected: "stacker://IMAGE/PATH")
            return true
        }
        findings.report(
            "unsupported url scheme \(Shown.text(scheme))", at: mark,
            suggestion: Spelling.suggestion(for: scheme, among: Vocabulary.schemes))
        return true
    }
}
