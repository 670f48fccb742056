import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `Substitution` {
    @Test(arguments: [
        ("a ${{A}} b", ["A=1"], "a 1 b"), ("${{A}}${{A}}", ["A=12"], "1212"), ("${{A:x}}", ["A=1"], "1"),
        ("${{A:x}}", [], "x"), ("${{A:}}|", [], "|"), ("${{A:x:y z}}", [], "x:y z"), ("${{A}}", ["A="], ""),
        // Values are taken literally, names too.
        ("${{A}}", ["A=a$b$1${1}\\1&"], "a$b$1${1}\\1&"), ("${{A}}", ["A=a=b,c"], "a=b,c"),
        ("${{AB:d}}", ["A.=1"], "d"), ("${{.*}} ${{A:d}}", [".*=1"], "1 d"), ("${{a:b}}", ["a:b=1"], "1"),
        ("${{AB:d}}", ["A=1"], "d"), ("${{A:d}}", ["AB=1"], "d"), ("${{a:d}}", ["A=1"], "d"),
        // The first of two pairs counts.
        ("${{A}}", ["A=1", "A=2"], "1"),
        // A value may bring placeholders for later pairs, and no others.
        ("${{A}}", ["A=<${{B}}>", "B=2"], "<2>"), ("${{A}}", ["B=2", "A=<${{B:d}}>"], "<d>"),
        ("${{A}}", ["A=${{B}}", "B=${{C}}", "C=3"], "3"), ("${{A}}", ["A=${{A:again}}"], "again"),
        ("${{A}}", ["A=${{B", "B=}}"], "${{B"), ("${{${{A}}}}", ["A=B", "B=2"], "2"),
        // Defaults may hold placeholders.
        ("${{A:${{B}}}}", ["B=2"], "2"), ("${{A:${{B}}}}", ["A=1"], "1"), ("${{A:${{B:x}}}}", [], "x"),
        ("${{A:<${{B:x}}${{C:y}}>}}.", [], "<xy>."), ("${{A:${{B:${{C:z}}}}}}", [], "z"),
        ("${{A:two\nlines}}", [], "two\nlines"),
        // What is not complete stays.
        ("${{A", ["A=1"], "${{A"), ("${{A:a}b}}", ["A=1"], "${{A:a}b}}"), ("${A:-x} ${{ }", [], "${A:-x} ${{ }"),
        ("${{A:{x}}}", [], "{x}"), ("}}}} ${{A}} }}", ["A=1"], "}}}} 1 }}"), ("$${{A}}", ["A=1"], "$1"),
    ])
    func `puts values and defaults where placeholders are`(_ text: String, _ pairs: [String], _ result: String) throws {
        var substitutions = Substitutions()
        for pair in pairs { try substitutions.add(ByteString(pair), from: "--substitute") }
        let source = SourceText(Array(text.utf8))
        var findings = Findings(file: "f", source: source, limits: Limits())
        let (text, _) = try Substituter.expand(source, substitutions, limits: Limits(), findings: &findings)
        #expect(String(decoding: text.text.bytes, as: UTF8.self) == result)
        #expect(findings.errors.isEmpty)
    }

    @Test func `counts the uses of each pair, and never shows a value`() throws {
        var substitutions = Substitutions()
        for pair in ["A=secret", "B=1", "C=2"] { try substitutions.add(ByteString(pair), from: "--substitute") }
        let recipe = try StackerfileParser.parse(
            Array("${{A}}: {from: {type: scratch}, run: '${{A}} ${{B:x}}'}".utf8), file: "f",
            substitutions: substitutions)
        #expect(recipe.text.count == 55)
        #expect(
            recipe.substitutionUses.map(\.description) == [
                "substitution A was used 2 times", "substitution B was used 1 time", "substitution C was used 0 times",
            ])
    }

    @Test(arguments: ["x", "=x", ""])
    func `refuses a pair without a name and a =`(_ pair: String) {
        var substitutions = Substitutions()
        #expect(throws: Failure.self) { try substitutions.add(ByteString(pair), from: "--substitute") }
    }
}

@Suite struct `An error after substitution` {
    private func messages(_ text: String, _ pairs: String..., allowsLineBreaks: Bool = false) throws -> String {
        var substitutions = Substitutions(allowsLineBreaks: allowsLineBreaks)
        for pair in pairs { try substitutions.add(ByteString(pair), from: "--substitute") }
        do throws(StackerfileErrors) {
            let recipe = try StackerfileParser.parse(
                Array(text.utf8), file: "stacker.yaml", substitutions: substitutions)
            _ = try recipe.buildOrder()
            return ""
        } catch {
            return error.description
        }
    }

    @Test func `points to the file as it is written`() throws {
        #expect(
            try messages("${{NAME}}: {from: {type: scratch}, ${{A:}} runn: x}\n", "NAME=a-long-name") == """
                stacker.yaml:1:44: error: unknown directive 'runn'
                ${{NAME}}: {from: {type: scratch}, ${{A:}} runn: x}
                                                           ^
                  did you mean 'run'?
                """)
    }

    @Test func `names the value and where it comes from`() throws {
        #expect(
            try messages("web:\n  from: {type: ${{TYPE:scratch}}}\n", "TYPE=scrach") == """
                stacker.yaml:2:16: error: unknown layer type: scrach
                  from: {type: ${{TYPE:scratch}}}
                               ^
                  the value of 'TYPE' comes from --substitute
                  expected 'docker', 'oci', 'tar', 'built' or 'scratch'
                  did you mean 'scratch'?
                """)
        #expect(
            try messages("web:\n  from: {type: built, tag: base-${{V}}}\n", "V=1") == """
                stacker.yaml:2:28: error: couldn't find dependencies for web: base layer base-1
                  from: {type: built, tag: base-${{V}}}
                                           ^
                  the value of 'V' comes from --substitute
                couldn't resolve some dependencies
                """)
    }

    @Test func `of YAML in a value points to its placeholder`() throws {
        #expect(
            try messages("web:\n  from: {type: scratch}\n  run: ${{X}}\n", "X=a: b: c") == """
                stacker.yaml:3:8: error: mapping values are not allowed in this context
                  run: ${{X}}
                       ^
                  the value of 'X' comes from --substitute
                  expected quotes around a text that holds ': '
                """)
    }

    @Test func `tells of each missing value, and of nothing that follows from it`() throws {
        #expect(
            try messages("web:\n  from: {type: ${{TYPE}}, url: ${{ URL }}}\n  runn: x\n", "URL=1") == """
                stacker.yaml:2:16: error: no value for substitution TYPE
                  from: {type: ${{TYPE}}, url: ${{ URL }}}
                               ^
                  expected --substitute TYPE=VALUE, or a default: ${{TYPE:default}}
                stacker.yaml:2:32: error: no value for substitution  URL 
                  from: {type: ${{TYPE}}, url: ${{ URL }}}
                                               ^
                  expected --substitute URL=VALUE, or a default: ${{URL:default}}
                  did you mean '${{URL}}'?
                stacker.yaml:3:3: error: unknown directive 'runn'
                  runn: x
                  ^
                  did you mean 'run'?
                """)
    }

    @Test func `of a shell's way to write it is told for each place`() throws {
        #expect(
            try messages("web:\n  from: {type: scratch}\n  run: echo $DIR ${DIR} ${DIR:-x} ${DIR//x} $DI\n", "DIR=x")
                == """
                stacker.yaml:3:13: error: '$DIR' is no placeholder, but 'DIR' is a substitution
                  run: echo $DIR ${DIR} ${DIR:-x} ${DIR//x} $DI
                            ^
                  the value of 'DIR' comes from --substitute
                  expected '${{DIR}}', or another name for a variable of the script
                stacker.yaml:3:18: error: '${DIR}' is no placeholder, but 'DIR' is a substitution
                  run: echo $DIR ${DIR} ${DIR:-x} ${DIR//x} $DI
                                 ^
                  the value of 'DIR' comes from --substitute
                  expected '${{DIR}}', or another name for a variable of the script
                stacker.yaml:3:25: error: '${DIR:-x}' is no placeholder, but 'DIR' is a substitution
                  run: echo $DIR ${DIR} ${DIR:-x} ${DIR//x} $DI
                                        ^
                  the value of 'DIR' comes from --substitute
                  expected '${{DIR}}', or another name for a variable of the script
                3 instances of unsupported placeholders found
                """)
    }

    @Test func `of a value with a line break names the flag`() throws {
        let text = "web:\n  from: {type: scratch}\n  run: ${{X}}\n"
        #expect(
            try messages(text, "X=x\nevil: {}") == """
                stacker.yaml:3:8: error: the value of 'X' holds a line break
                  run: ${{X}}
                       ^
                  the value of 'X' comes from --substitute
                  expected text on one line, or --substitute-multiline
                """)
        for value in ["a\r", "a\u{85}b", "\u{2028}", "\u{2029}b", "a\r\nb"] {
            #expect(try messages(text, "X=\(value)").contains("holds a line break"))
        }
        #expect(try messages(text, "X=x\n  cmd: ls", allowsLineBreaks: true) == "")
    }
}
