import Diagnostics

@testable import Stackerfile

/// Code that reads stacker.yaml, as a function of any bytes.
///
/// The fuzzer (`scripts/fuzz`) and the tests run the same functions.
public enum StackerfileFuzzTarget: String, CaseIterable, Sendable {
    /// A stacker.yaml: a recipe comes out of it, or errors that point into it.
    case stackerfile
    /// Lines `NAME=VALUE`, an empty line, and a stacker.yaml.
    case substitution

    struct Finding: Error {
        var what: String
    }

    /// Runs the code; throws what is neither a result nor a refusal of the input.
    public func run(_ bytes: [UInt8]) throws {
        var text = bytes[...]
        var substitutions = Substitutions(allowsLineBreaks: bytes.count.isMultiple(of: 2))
        if self == .substitution {
            while let end = text.firstIndex(of: 0x0a), end > text.startIndex {
                // A pair without a name is refused, which is no finding.
                try? substitutions.add(ByteString(text[..<end]), from: "--substitute")
                text = text[(end + 1)...]
            }
            text = text.dropFirst()
            try Self.checkPositions(of: Array(text), substitutions)
        }
        try Self.parse(Array(text), substitutions)
    }

    private static let limits: Limits = {
        var limits = Limits()
        limits.stackerfileBytes = 1 << 18
        limits.stackerfilePlaceholders = 1_000
        limits.substitutions = 50
        return limits
    }()

    private static func parse(_ bytes: [UInt8], _ substitutions: Substitutions) throws {
        do throws(StackerfileErrors) {
            let recipe = try StackerfileParser.parse(bytes, file: "f", substitutions: substitutions, limits: limits)
            guard recipe.text == bytes else { return fail("the recipe has another text") }
            let order: [ImageRecipe] = try recipe.buildOrder()
            if order.count != recipe.images.count { fail("an image is lost") }
        } catch {
            try check(error, bytes)
        }
    }

    private static func fail(_ what: String) { fatalError("finding: \(what)") }

    private static func check(_ errors: StackerfileErrors, _ bytes: [UInt8]) throws {
        guard !errors.diagnostics.isEmpty else { throw Finding(what: "it failed without an error") }
        for error in errors.diagnostics where error.mark.offset > bytes.count || error.mark.line < 1 {
            throw Finding(what: "\(error) points out of the file")
        }
        let shown = DiagnosticFormat.allCases.map { $0.render(errors.explanation) }.joined()
        guard shown.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0a }) else { throw Finding(what: "control characters") }
        let marks = errors.diagnostics.map(\.mark)
        guard marks == marks.sorted() else { throw Finding(what: "the errors are not in order") }
    }

    /// What is copied has to be found again in the file, at the place that is said of it.
    private static func checkPositions(of bytes: [UInt8], _ substitutions: Substitutions) throws {
        let source = SourceText(bytes)
        guard source.fault == nil else { return }
        var findings = Findings(file: "f", source: source, limits: limits)
        guard
            let (expanded, _) = try? Substituter.expand(source, substitutions, limits: limits, findings: &findings)
        else { return }
        let text = expanded.text.bytes
        guard text.count <= max(limits.stackerfileBytes, bytes.count) else { throw Finding(what: "past the limit") }
        for offset in stride(from: 0, to: text.count, by: 3)
        where text[offset] < 0x80 && expanded.substituted(atByte: offset).isEmpty {
            let place = expanded.mark(ofTextOffset: offset).offset
            guard place < bytes.count, bytes[place] == text[offset] else {
                throw Finding(what: "byte \(offset) does not come from \(place)")
            }
        }
    }
}
