import Diagnostics
import Testing

@Suite struct `A failure` {
    @Test func `reads outermost first, hint last`() {
        let failure = Failure(
            "cannot build base", causes: ["mount /x", "permission denied"], hint: "run stacker-setup")
        #expect(
            failure.description == """
                cannot build base: mount /x: permission denied
                  hint: run stacker-setup
                """)
    }
    @Test func `keeps its hint and exit code when wrapped`() {
        let error = #expect(throws: Failure.self) {
            try attempt("outer") { throw Failure("inner", hint: "h", exitCode: .usage) }
        }
        #expect(error?.description == "outer: inner\n  hint: h")
        #expect(error?.exitCode == .usage)
    }
}
