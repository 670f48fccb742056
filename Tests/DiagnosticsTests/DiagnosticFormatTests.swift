import Diagnostics
import Testing

@Suite struct `Errors for programs` {
    private var failure: Failure {
        var first = Diagnostic(
            file: "a:b,c%.yaml", mark: Mark(line: 3, column: 5, offset: 20), message: "unknown \"x\"\\",
            expected: "one\nthing", suggestion: "y")
        first.sources = ["the value of 'X' comes from --substitute"]
        first.note = Diagnostic.Note(file: "other", mark: .start, message: "first given here")
        let second = Diagnostic(
            severity: .warning, file: "\u{85}", mark: .start, message: "50%\r::error::\u{1b}", errorClass: .limit)
        return DiagnosticReport([first, second], omitted: 2, summary: "no luck").failure
    }

    @Test func `are one JSON object a line`() {
        #expect(
            DiagnosticFormat.json.render(failure) == #"""
                {"version":1,"severity":"error","class":"rejected","message":"unknown \"x\"\\","file":"a:b,c%.yaml","line":3,\#
                "column":5,"sources":["the value of 'X' comes from --substitute"],"expected":"one\nthing","suggestion":"y",\#
                "note":{"file":"other","line":1,"column":1,"message":"first given here"}}
                {"version":1,"severity":"warning","class":"limit","message":"50%\u000d::error::\u001b",\#
                "file":"\\xc2\\x85","line":1,"column":1}
                {"version":1,"severity":"error","class":"limit","message":"and 2 more errors\nno luck"}
                """#)
    }

    @Test func `are workflow commands, which no text can leave`() {
        #expect(
            DiagnosticFormat.github.render(failure) == """
                ::error file=a%3Ab%2Cc%25.yaml,line=3,col=5::unknown "x"\\%0A  the value of 'X' comes from --substitute\
                %0A  expected one%0Athing%0A  did you mean 'y'?%0A  other:1:1: first given here
                ::warning file=\\xc2\\x85,line=1,col=1::50%25%0D::error::\u{1b}
                ::error::and 2 more errors
                ::error::no luck
                """)
    }

    @Test func `keep the hint of a failure that has a place`() {
        var failure = DiagnosticReport([Diagnostic(file: "f", mark: .start, message: "no")]).failure
        failure.hint = "do\nthis"
        #expect(DiagnosticFormat.text.render(failure) == "f:1:1: error: no\n  hint: do\n        this")
        #expect(DiagnosticFormat.text.render(failure, color: true).hasSuffix("\n  hint: do\n        this"))
        #expect(DiagnosticFormat.text.render(failure, color: true).hasPrefix("\u{1b}[1mf:1:1:"))
        #expect(DiagnosticFormat.json.render(failure).hasSuffix(#""column":1,"hint":"do\nthis"}"#))
        #expect(DiagnosticFormat.github.render(failure) == "::error file=f,line=1,col=1::no%0A  hint: do%0Athis")
    }

    @Test func `have the same forms without a place`() {
        let failure = Failure("cannot \"do\"", causes: ["why"], hint: "two\nlines", class: .usage)
        #expect(
            DiagnosticFormat.json.render(failure) == #"""
                {"version":1,"severity":"error","class":"usage","message":"cannot \"do\"","causes":["why"],\#
                "hint":"two\nlines"}
                """#)
        #expect(
            DiagnosticFormat.github.render(failure)
                == "::error::cannot \"do\": why%0A  hint: two%0A        lines")
        #expect(DiagnosticFormat.text.render(failure) == "error: \(failure)")
    }
}
