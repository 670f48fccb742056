public import Diagnostics

/// Reads stacker.yaml.
public enum StackerfileParser {
    /// The recipe in the bytes of a stacker.yaml, as they are before any substitution.
    ///
    /// The bytes are UTF-8, with or without a byte order mark; messages call the file `file`. With `requiringHashes`, an
    /// import from the network must have a hash. All positions, of errors too, are those of the bytes given here.
    ///
    /// - Throws: All that is wrong; after an error of YAML itself, what was found before it.
    public static func parse(
        _ bytes: [UInt8], file: String, substitutions: Substitutions = Substitutions(), limits: Limits = Limits(),
        requiringHashes: Bool = false
    ) throws(StackerfileErrors) -> Recipe {
        try parse(
            bytes, file: file, substitutions: substitutions, limits: limits, requiringHashes: requiringHashes,
            notSupportedYet: Vocabulary.notSupportedYet)
    }

    static func parse(
        _ bytes: [UInt8], file: String, substitutions: Substitutions = Substitutions(), limits: Limits,
        requiringHashes: Bool = false, notSupportedYet: Set<String>
    ) throws(StackerfileErrors) -> Recipe {
        guard bytes.count <= limits.stackerfileBytes else {
            throw StackerfileErrors([
                Diagnostic(
                    severity: .error, file: file, mark: .start,
                    message: "the file is longer than \(limits.stackerfileBytes) bytes", errorClass: .limit)
            ])
        }
        var findings = Findings(file: file, source: SourceText(bytes), limits: limits)
        let root: YAMLNode?
        var uses: [SubstitutionUse] = []
        var text: ExpandedText?
        do throws(Unreadable) {
            root = try document(substitutions, limits, &uses, &text, &findings)
        } catch {
            throw findings.failure()
        }
        var reader = RecipeReader(
            findings: findings, notSupportedYet: notSupportedYet, requiresHashes: requiringHashes)
        reader.text = text
        var recipe = reader.recipe(root)
        recipe.substitutionUses = uses
        // Where there are prerequisites, only all files together can tell.
        if !reader.findings.errors.isEmpty, recipe.config.prerequisites.isEmpty {
            recipe.reportUnknownImages(besides: reader.layerNames, &reader.findings)
        }
        try reader.findings.check()
        return recipe
    }

    private static func document(
        _ substitutions: Substitutions, _ limits: Limits, _ uses: inout [SubstitutionUse],
        _ text: inout ExpandedText?, _ findings: inout Findings
    ) throws(Unreadable) -> YAMLNode? {
        if let fault = findings.source.fault {
            findings.report(fault.message, at: fault.mark)
            throw Unreadable()
        }
        let expanded: ExpandedText
        (expanded, uses) = try Substituter.expand(findings.source, substitutions, limits: limits, findings: &findings)
        if let fault = expanded.text.fault {
            let offset = fault.mark.offset
            findings.report(
                fault.message, at: expanded.mark(ofTextOffset: offset), values: expanded.substituted(atByte: offset))
            throw Unreadable()
        }
        text = expanded
        return try YAMLComposer.document(in: expanded, limits: limits, findings: &findings)
    }
}
