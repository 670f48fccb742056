import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `A diagnostic` {
    @Test func `shows place, line, caret and what was meant`() {
        #expect(
            messages(
                """
                web:
                  from: {type: scratch}
                  improts:
                    - file
                """) == """
                    stacker.yaml:3:3: error: unknown directive 'improts'
                      improts:
                      ^
                      did you mean 'imports'?
                    """)
    }

    @Test func `comes with all others of the file, in its order`() {
        #expect(
            messages(
                """
                a:b:
                  from: {type: scratch}
                web:
                  from:
                    typ: scratch
                    type: scratch
                  cmd: sh -c 'echo
                """) == """
                    stacker.yaml:1:1: error: ':' is forbidden in the layer name 'a:b'
                    a:b:
                    ^
                      expected letters, digits, '_', '.' and '-', starting with a letter or digit
                    stacker.yaml:5:5: error: unknown image source directive 'typ'
                        typ: scratch
                        ^
                      did you mean 'type'?
                    stacker.yaml:7:8: error: a ' is not closed in this command
                      cmd: sh -c 'echo
                           ^
                    """)
    }

    @Test func `of a key comes with those of references`() {
        #expect(
            messages("base:\n  from: {type: scratch}\nweb:\n  from: {type: built, tag: bas}\n  runn: x\n") == """
                stacker.yaml:4:28: error: couldn't find dependencies for web: base layer bas
                  from: {type: built, tag: bas}
                                           ^
                  did you mean 'base'?
                stacker.yaml:5:3: error: unknown directive 'runn'
                  runn: x
                  ^
                  did you mean 'run'?
                couldn't resolve some dependencies
                """)
        // A layer with an error is there all the same.
        #expect(
            errors(Array("web:\n  from: {type: built, tag: base}\nbase:\n  from: {type: x}\n".utf8))?.diagnostics.count
                == 1)
    }

    @Test func `has the second place that explains the first`() {
        #expect(
            messages(
                """
                web:
                  from: {type: scratch}
                other:
                  from: {type: scratch, type: scratch}
                web:
                  from: {type: scratch}
                """) == """
                    stacker.yaml:4:25: error: duplicate key 'type'
                      from: {type: scratch, type: scratch}
                                            ^
                    stacker.yaml:4:10: note: first given here
                      from: {type: scratch, type: scratch}
                             ^
                    stacker.yaml:5:1: error: duplicate layer name: both stacker.yaml:1 and stacker.yaml:5 have web
                    web:
                    ^
                    stacker.yaml:1:1: note: first given here
                    web:
                    ^
                    """)
    }

    @Test func `of YAML itself has the same shape`() {
        #expect(
            messages("a: [1, 2\nb: c\n") == """
                stacker.yaml:2:2: error: did not find expected ',' or ']'
                b: c
                 ^
                stacker.yaml:1:4: note: while parsing a flow sequence
                a: [1, 2
                   ^
                """)
        #expect(
            messages("a:\n\tb: c\n") == """
                stacker.yaml:2:1: error: found character that cannot start any token
                    b: c
                ^
                  expected spaces: YAML does not indent with tabs
                """)
    }

    @Test func `has its caret under the right character behind tabs, accents and wide characters`() {
        #expect(
            messages("a: {from:\t{type: scratch}, labels: {é: 日本,\te\u{301}: [x]}}\n") == """
                stacker.yaml:1:48: error: cannot unmarshal a list into 'labels'
                a: {from:    {type: scratch}, labels: {é: 日本,    e\u{301}: [x]}}
                                                                      ^
                  expected a string
                """)
    }

    @Test func `shows nothing that a terminal would obey`() throws {
        let found = errors(Array("a: {from: {type: scratch}, x\u{202e}: '\u{1b}[31m'}\n".utf8))
        #expect(
            found?.description == """
                stacker.yaml:1:33: error: the control character \\x1b is not allowed
                a: {from: {type: scratch}, x\\xe2\\x80\\xae: '\\x1b[31m'}
                                                           ^
                """)
        #expect(throws: StackerfileErrors.self) { try StackerfileParser.parse([], file: "a\u{1b}\nb") }
        do throws(StackerfileErrors) {
            _ = try StackerfileParser.parse(Array("x".utf8), file: "a\u{1b}\nb")
        } catch {
            #expect(error.description.hasPrefix("a\\x1b\\x0ab:1:1: error: the file holds a string\n"))
        }
    }

    @Test(
        arguments: [
            ([0x61, 0x3a, 0x20, 0x80], "stacker.yaml:1:4: error: this byte is not UTF-8\na: \\x80\n   ^"),
            ([0x61, 0x3a, 0x20, 0xc3, 0x28], "stacker.yaml:1:4: error: this byte is not UTF-8\na: \\xc3(\n   ^"),
            ([0x61, 0x0a, 0x00], "stacker.yaml:2:1: error: the control character \\x00 is not allowed\n\\x00\n^"),
            (
                [0xff, 0xfe, 0x61, 0x00],
                "stacker.yaml:1:1: error: the file is UTF-16: save it as UTF-8\n\\xff\\xfea\\x00\n^"
            ),
        ] as [([UInt8], String)])
    func `points at bytes that are not text`(_ bytes: [UInt8], _ message: String) {
        #expect(errors(bytes)?.description == message)
    }

    @Test func `cuts a long line around the place`() {
        let filler = String(repeating: "é", count: 200)
        #expect(
            messages("a: {from: {type: scratch}, labels: {a: \(filler)}, rnu: \(filler)}\n") == """
                stacker.yaml:1:243: error: unknown directive 'rnu'
                …\(String(repeating: "é", count: 47))}, rnu: \(String(repeating: "é", count: 44))…
                \(String(repeating: " ", count: 51))^
                  did you mean 'run'?
                """)
        // A line of which only the end is long keeps its start.
        #expect(
            messages("a: {rnu: \(filler), from: {type: scratch}}\n") == """
                stacker.yaml:1:5: error: unknown directive 'rnu'
                a: {rnu: \(String(repeating: "é", count: 91))…
                    ^
                  did you mean 'run'?
                """)
    }

    @Test func `quotes the start of a long word`() {
        #expect(
            messages("a: {from: {type: scratch}, \(String(repeating: "k", count: 500)): x}\n").hasPrefix(
                "stacker.yaml:1:28: error: unknown directive '\(String(repeating: "k", count: 60))…'\n"))
    }

    @Test func `counts CR LF and CR as line ends`() {
        #expect(
            messages("a: {from: {type: scratch}}\r\nb: 3\r\n").hasPrefix(
                "stacker.yaml:2:4: error: layer 'b' is an int\nb: 3\n   ^"))
        #expect(
            messages("a: {from: {type: scratch}}\rb: 3\r").hasPrefix(
                "stacker.yaml:2:4: error: layer 'b' is an int\nb: 3\n   ^"))
    }

    @Test func `is coloured on demand`() {
        let found = errors(Array("a: {from: {type: scratch}, rnu: x}".utf8))
        #expect(
            found?.report.render(color: true) == """
                \u{1b}[1mstacker.yaml:1:28:\u{1b}[0m \u{1b}[1;31merror:\u{1b}[0m \u{1b}[1munknown directive 'rnu'\u{1b}[0m
                a: {from: {type: scratch}, rnu: x}
                                           \u{1b}[1;32m^\u{1b}[0m
                  did you mean 'run'?
                """)
    }

    @Test func `is a failure of class rejected whose text is complete`() {
        let found = errors(Array("x".utf8))
        #expect(found?.explanation.errorClass == .rejected)
        #expect(found?.explanation.description == found?.description)
    }

    @Test func `can be a warning, which refuses nothing`() throws {
        let recipe = try parse("a:\n  from: {type: scratch}\n  import: x\n")
        #expect(
            recipe.warnings.map(\.description) == [
                """
                stacker.yaml:3:3: warning: 'import' is deprecated: use 'imports'
                  import: x
                  ^
                """
            ])
    }
}
