import Diagnostics

@testable import Stackerfile

/// Parses a text, for tests that expect a recipe.
func parse(_ text: String, limits: Limits = Limits(), all: Bool = false) throws -> Recipe {
    try StackerfileParser.parse(
        Array(text.utf8), file: "stacker.yaml", limits: limits,
        notSupportedYet: all ? [] : Vocabulary.notSupportedYet)
}

/// The errors of a text, for tests that expect some.
func errors(_ bytes: [UInt8], limits: Limits = Limits(), all: Bool = false) -> StackerfileErrors? {
    do throws(StackerfileErrors) {
        _ = try StackerfileParser.parse(
            bytes, file: "stacker.yaml", limits: limits, notSupportedYet: all ? [] : Vocabulary.notSupportedYet)
        return nil
    } catch {
        return error
    }
}

/// The whole message for a text; empty for a good one.
func messages(_ text: String, limits: Limits = Limits(), all: Bool = false) -> String {
    errors(Array(text.utf8), limits: limits, all: all)?.description ?? ""
}
