/// A regular expression that is looked for anywhere in a path.
///
/// The dialect is that of Swift's own Regex, which has what Go's and Perl's have in common.
struct PathPattern {
    /// Bytes that one may have.
    static let longest = 1_000

    private let expression: Regex<AnyRegexOutput>

    /// - Throws: What is wrong with the expression, which a description of the error says in words.
    init(_ text: String) throws {
        expression = try Regex(text).matchingSemantics(.unicodeScalar)
    }

    func isFound(in path: String) -> Bool {
        // Only an expression with code of its own in it can fail while it matches, and a text holds none.
        (try? expression.firstMatch(in: path)) ?? nil != nil
    }
}
