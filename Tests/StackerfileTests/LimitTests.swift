import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `Bounds of a stacker.yaml` {
    private func expectLimit(_ text: String, _ phrase: String, _ limits: Limits = Limits()) {
        let found = errors(Array(text.utf8), limits: limits)
        #expect(found?.diagnostics.first?.errorClass == .limit)
        #expect(found?.explanation.errorClass == .limit)
        #expect(found?.description.contains(phrase) == true)
    }

    @Test func `stop an alias bomb`() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, inner) in zip("bcdefghi", "abcdefgh") {
            text += "\(name): &\(name) [\(Array(repeating: "*\(inner)", count: 9).joined(separator: ", "))]\n"
        }
        expectLimit(text, "stacker.yaml:5:8: error: aliases expand to more than 10000 values")
    }

    @Test func `stop a merge bomb`() {
        var text = "a: &a {x: 1, y: 2, z: 3}\n"
        for (name, inner) in zip("bcdefghi", "abcdefgh") {
            text += "\(name): &\(name)\n"
            for key in "123456789" { text += "  k\(key): {<<: *\(inner)}\n" }
        }
        expectLimit(text, "aliases expand to more than 10000 values")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `stop deep nesting`(_ opening: String) {
        expectLimit(String(repeating: opening, count: 5000), "nested more than 64 deep")
    }

    @Test func `count the depth that aliases add`() {
        let deep = String(repeating: "[", count: 40) + "x" + String(repeating: "]", count: 40)
        let deeper = String(repeating: "[", count: 40) + "*a" + String(repeating: "]", count: 40)
        expectLimit("a: &a \(deep)\nb: \(deeper)\n", "nested more than 64 deep")
    }

    @Test func `allow just the depth they name`() {
        var limits = Limits()
        limits.stackerfileDepth = 3
        #expect(messages("a: {from: {type: scratch}}", limits: limits).contains("nested"))
        limits.stackerfileDepth = 4
        #expect(messages("a: {from: {type: scratch}}", limits: limits) == "")
    }

    @Test func `count values`() {
        var limits = Limits()
        limits.stackerfileNodes = 7
        #expect(messages("a: {from: {type: scratch}}", limits: limits) == "")
        limits.stackerfileNodes = 6
        expectLimit("a: {from: {type: scratch}}", "more than 6 values", limits)
    }

    @Test func `count bytes before anything is read`() {
        var limits = Limits()
        limits.stackerfileBytes = 10
        expectLimit("a: {from: {type: scratch}}", "stacker.yaml:1:1: error: the file is longer than 10 bytes", limits)
    }

    @Test func `show the first errors and count the rest`() {
        var limits = Limits()
        limits.stackerfileDiagnostics = 2
        let text = "a:\n  from: {type: scratch}\n" + (1...5).map { "  key\($0): 1\n" }.joined()
        let found = errors(Array(text.utf8), limits: limits)
        #expect(found?.diagnostics.count == 2)
        #expect(found?.description.hasSuffix("\nand 3 more errors") == true)
    }

    @Test func `leave room for a script of megabytes`() throws {
        let script = String(repeating: "x", count: 1 << 20)
        let recipe = try parse("a:\n  from: {type: scratch}\n  run: \(script)\n")
        #expect(recipe.images.first?.run.first?.utf8.count == 1 << 20)
    }

    @Test(arguments: ["a: &a [*a]\n", "a: &a {<<: *a}\n", "a: &a {b: {c: *a}}\n"])
    func `refuse an alias inside its own anchor`(_ text: String) {
        #expect(messages(text).contains("the alias '*a' is inside its own anchor"))
    }
}
