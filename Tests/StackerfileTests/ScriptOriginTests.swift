import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `Lines of a script` {
    private func lines(_ yaml: String, _ substitutions: Substitutions = Substitutions()) throws -> [String]? {
        let recipe = try StackerfileParser.parse(Array(yaml.utf8), file: "stacker.yaml", substitutions: substitutions)
        return recipe.images.first?.runOrigin?.lines()?.map(\.description)
    }

    private static let head = "app:\n  from: {type: scratch}\n"

    @Test(
        arguments: [
            ("  run: make", ["3:8"]),
            ("  run:\n    - a\n    - |\n      b\n\n      c\n    - d", ["4:7", "6:7", "6:7", "8:7", "8:7", "9:7"]),
            ("  run: |\n    a\n      b\n", ["4:5", "5:7", "5:7"]),
            ("  run: |2-  # x\n      a\n    b\n", ["4:7", "5:5"]),
            ("  run: >\n    a\n    b\n\n    c\n", ["4:5", "7:5", "7:5"]),
            ("  run: &a !!str |\n    a\n", ["4:5", "4:5"]),
            ("  run: 'it''s\n\n    b'", ["3:9", "5:5"]),
            ("  run: \"a\\nb \\x41\\u00e9\\\n    c\\n\\\n    d\"", ["3:9", "3:12", "5:5"]),
            ("  run: a\n    b\n\n    c", ["3:8", "6:5"]), ("  run: [\"a\", 'b', c]", ["3:10", "3:15", "3:19"]),
        ] as [(String, [String])])
    func `are found as they are written`(_ run: String, _ places: [String]) throws {
        #expect(try lines(Self.head + run + "\n") == places)
    }

    @Test func `are found behind an alias and a merge`() throws {
        let recipe = try StackerfileParser.parse(
            Array("a: &a\n  from: {type: scratch}\n  run: &r |\n    one\n    two\nb:\n  <<: *a\n".utf8), file: "f")
        #expect(recipe.images.last?.runOrigin?.lines()?.map(\.line) == [4, 5, 5])
    }

    @Test func `are those of the file before substitution`() throws {
        var pairs = Substitutions()
        try pairs.add("A=long value", from: "--substitute")
        #expect(
            try lines(Self.head + "  run: |\n    echo ${{A}}; x\n    b ${{B:c}}\n", pairs) == ["4:5", "5:5", "5:5"])
        #expect(try lines(Self.head + "  run: |\n    ${{A}} x\n", pairs) == ["4:5", "4:5"])
    }
}
