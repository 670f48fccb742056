import Diagnostics

/// Turns the value of a YAML document into a recipe.
///
/// Reading goes on after an error, so that a user sees all of them; only the findings say whether the result counts.
struct RecipeReader {
    var findings: Findings
    /// Words that are understood and refused.
    let notSupportedYet: Set<String>
    /// Whether an import from the network must have a hash.
    let requiresHashes: Bool
    /// What was parsed, for positions inside of values; `nil` where nobody asks for them.
    var text: ExpandedText?
    /// All keys of the top that are strings, of layers with errors too.
    private(set) var layerNames: Set<ByteString> = []

    init(findings: Findings, notSupportedYet: Set<String> = Vocabulary.notSupportedYet, requiresHashes: Bool = false) {
        self.findings = findings
        self.notSupportedYet = notSupportedYet
        self.requiresHashes = requiresHashes
    }

    mutating func recipe(_ root: YAMLNode?) -> Recipe {
        var images: [ImageRecipe] = []
        var config = Recipe.Config()
        var seen: [ByteString: Mark] = [:]
        for entry in topEntries(root) {
            guard let name = layerName(entry.key) else { continue }
            if let first = seen[name] {
                reportDuplicate(name, at: entry.key.mark, first: first)
            } else if name == "config" {
                config = self.config(entry.value)
            } else if let complaint = ImageName.complaint(about: name) {
                findings.report(complaint, at: entry.key.mark, expected: ImageName.rule)
            } else if let image = image(String(decoding: name.bytes, as: UTF8.self), entry) {
                images.append(image)
            }
            if seen[name] == nil { seen[name] = entry.key.mark }
        }
        layerNames = Set(seen.keys)
        return Recipe(
            file: findings.file, images: images, config: config, warnings: findings.warnings, source: findings.source,
            origins: findings.origins)
    }

    private mutating func topEntries(_ root: YAMLNode?) -> [YAMLEntry] {
        let expected = "a map from layer names to layers"
        guard let root, !root.isNull else {
            findings.report("the file has no layers", at: .start, expected: expected)
            return []
        }
        guard case .mapping(let entries) = root.content else {
            findings.report("the file holds \(root.phrase)", at: root.mark, expected: expected)
            return []
        }
        if entries.isEmpty { findings.report("the file has no layers", at: root.mark, expected: expected) }
        return entries
    }

    private mutating func layerName(_ key: YAMLNode) -> ByteString? {
        if let name = key.string { return name }
        let shown = key.scalar.map { "'\(Shown.text($0.text))'" } ?? key.phrase
        findings.report(
            "the layer name \(shown) is not a string", at: key.mark,
            expected: key.scalar == nil ? ImageName.rule : "a string: put it in quotes")
        return nil
    }

    private mutating func reportDuplicate(_ name: ByteString, at mark: Mark, first: Mark) {
        if name == "config" {
            findings.report("duplicate key 'config'", at: mark, note: ("first given here", first))
        } else {
            let file = ByteString(findings.file).description
            findings.report(
                "duplicate layer name: both \(file):\(first.line) and \(file):\(mark.line) have \(Shown.text(name))",
                at: mark, note: ("first given here", first))
        }
    }

    /// The `config` entry, of which other keys are ignored.
    private mutating func config(_ value: YAMLNode) -> Recipe.Config {
        var config = Recipe.Config()
        guard !value.isNull else { return config }
        guard case .mapping(let entries) = value.content else {
            findings.report("cannot interpret 'config' value", at: value.mark, expected: "a map")
            return config
        }
        for entry in entries where entry.key.string == "prerequisites" && !entry.value.isNull {
            guard case .sequence(let items) = entry.value.content else {
                findings.report("cannot interpret 'config' value", at: entry.value.mark, expected: "a list of paths")
                continue
            }
            for item in items {
                guard let path = item.string else {
                    findings.report("cannot interpret 'config' value", at: item.mark, expected: "a path")
                    continue
                }
                guard scheme(of: path) == nil else {
                    findings.report(
                        "a prerequisite cannot be a URL: \(Shown.text(path))", at: item.mark,
                        expected: "a path of a file on this machine")
                    continue
                }
                if let reference = fileReference(path, at: item.mark) { config.prerequisites.append(reference) }
            }
        }
        return config
    }

    /// Reports a word that this version understands and cannot act on.
    mutating func refuses(_ word: String, at mark: Mark) -> Bool {
        guard notSupportedYet.contains(word) else { return false }
        findings.report("'\(word)' is not supported yet by this version of stacker", at: mark)
        return true
    }
}
