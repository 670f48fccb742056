import Diagnostics
import SystemPackage
import Testing

@testable import Builder

@Suite struct GrabArgumentsTests {
    @Test func namesFilesAndADirectory() throws {
        let arguments = try GrabArguments(["app:/usr/bin/tool", "b.c:etc//./x:y/", "out"])
        #expect(arguments.items.map(\.tag) == ["app", "b.c"])
        #expect(arguments.items.map(\.path) == ["/usr/bin/tool", "/etc/x:y"])
        #expect(arguments.items.map(\.name) == ["tool", "x:y"])
        #expect(arguments.destination == "out")
        #expect(try GrabArguments(["a:/x"]).destination == nil)
        #expect(try GrabArguments(["a:/x", "./b:c"]).destination == "./b:c")
        #expect(try GrabArguments(["a:/x", "b:c"]).items.count == 2)
        #expect(try GrabArguments(["a:/../../x"]).items.first?.path == "/../../x")
    }

    @Test(arguments: [
        ["app"], ["app:"], ["app:/"], [":x"], ["a/b:x"], ["app:/x/.."], ["app", "out"], ["out/", "app:/x"], ["-:x"],
    ])
    func whatIsNoTagAndPathIsRefused(_ arguments: [String]) {
        let failure = #expect(throws: Failure.self) { try GrabArguments(arguments) }
        #expect(failure?.summary.hasPrefix("invalid grab argument: ") == true)
    }

    @Test func twoOfOneNameAreRefused() {
        #expect(throws: Failure.self) { try GrabArguments(["a:/x", "b:/y/x"]) }
        #expect(throws: Failure.self) { try GrabArguments([]) }
    }
}
