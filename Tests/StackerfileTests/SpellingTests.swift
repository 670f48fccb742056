import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct Suggestions {
    @Test(
        arguments: [
            ("improts", "imports"), ("import_", "imports"), ("From", "from"), ("form", "from"), ("from ", "from"),
            ("rnu", "run"),
            ("entrypiont", "entrypoint"), ("workingdir", "working_dir"), ("enviroment", "environment"),
            ("label", "labels"),
            ("bind", "binds"), ("x", nil), ("os1", "os"), ("zz", nil), ("completely_else", nil), ("", nil),
            ("RUN", nil),
        ] as [(String, String?)])
    func `are near and not the word itself`(_ word: String, _ suggestion: String?) {
        #expect(Spelling.suggestion(for: ByteString(word), among: Vocabulary.directives) == suggestion)
    }

    /// One letter twice, as often happens; `os` is too short for a guess.
    @Test(arguments: Vocabulary.directives.filter { $0.utf8.count > 2 })
    func `are made for every directive`(_ word: String) {
        let text = "a:\n  from: {type: scratch}\n  \(word.prefix(1))\(word): x\n"
        #expect(messages(text).contains("did you mean '\(word)'?"), "\(messages(text))")
        #expect(messages(text).hasPrefix("stacker.yaml:3:3: error: unknown directive '"))
    }

    @Test(arguments: [
        ("", "", 0), ("", "ab", 2), ("ab", "", 2), ("ab", "ba", 1), ("abc", "abc", 0), ("abc", "axc", 1),
        ("abc", "ac", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func `count typing mistakes`(_ left: String, _ right: String, _ distance: Int) {
        #expect(Spelling.distance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(Spelling.distance(Array(right.utf8), Array(left.utf8)) == distance)
    }
}
