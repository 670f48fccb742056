/// A regular expression that stands for names of environment variables; it has to match a name as a whole.
///
/// The dialect is that of Swift's own Regex, which has what Go's and Perl's have in common.
public struct VariablePattern {
    /// Bytes that one may have.
    public static let longest = 1_000

    private let expression: Regex<AnyRegexOutput>

    /// - Throws: What is wrong with the expression, which a description of the error says in words.
    public init(_ text: String) throws {
        expression = try Regex(text).matchingSemantics(.unicodeScalar)
    }

    public func matches(_ name: String) -> Bool {
        // Only an expression with code of its own in it can fail while it matches, and a text holds none.
        (try? expression.wholeMatch(in: name)) ?? nil != nil
    }
}
