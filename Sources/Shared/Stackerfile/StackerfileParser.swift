public import Diagnostics

/// Reads stacker.yaml.
public enum StackerfileParser {
    /// The recipe in the bytes of a stacker.yaml, substitutions already made.
    ///
    /// The bytes are UTF-8, with or without a byte order mark; messages call the file `file`. With `requiringHashes`, an
    /// import from the network must have a hash.
    ///
    /// - Throws: All that is wrong; after an error of YAML itself, what was found before it.
    public static func parse(
        _ bytes: [UInt8], file: String, limits: Limits = Limits(), requiringHashes: Bool = false
    ) throws(StackerfileErrors) -> Recipe {
        try parse(
            bytes, file: file, limits: limits, requiringHashes: requiringHashes,
            notSupportedYet: Vocabulary.notSupportedYet)
    }

    static func parse(
        _ bytes: [UInt8], file: String, limits: Limits, requiringHashes: Bool = false, notSupportedYet: Set<String>
    ) throws(StackerfileErrors) -> Recipe {
        guard bytes.count <= limits.stackerfileBytes else {
            throw StackerfileErrors([
                StackerfileDiagnostic(
                    severity: .error, file: file, mark: .start,
                    message: "the file is longer than \(limits.stackerfileBytes) bytes", errorClass: .limit)
            ])
        }
        var findings = Findings(file: file, source: SourceText(bytes), limits: limits)
        let root: YAMLNode?
        do throws(Unreadable) {
            root = try document(limits, &findings)
        } catch {
            throw findings.failure()
        }
        var reader = RecipeReader(
            findings: findings, notSupportedYet: notSupportedYet, requiresHashes: requiringHashes)
        let recipe = reader.recipe(root)
        try reader.findings.check()
        return recipe
    }

    private static func document(_ limits: Limits, _ findings: inout Findings) throws(Unreadable) -> YAMLNode? {
        if let fault = findings.source.fault {
            findings.report(fault.message, at: fault.mark)
            throw Unreadable()
        }
        return try YAMLComposer.document(in: findings.source, limits: limits, findings: &findings)
    }
}
