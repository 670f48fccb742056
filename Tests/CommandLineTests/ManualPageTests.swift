import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import stacker

@Suite struct `The manual page stacker(1)` {
    private let page: String

    init() throws {
        page = try String(contentsOfFile: Checkout.path.appending("man/stacker.1").string, encoding: .utf8)
    }

    /// The flags that the page gives an entry of their own, with their dashes.
    private var documented: Set<String> {
        let entries = page.split(separator: "\n").filter { $0.hasPrefix(".It Fl ") }
        return Set(entries.flatMap { $0.matches(of: /Fl (-?[a-z][a-z-]*)/).map { "-" + $0.output.1 } })
    }

    /// All flags that a help text names, with their dashes.
    private func flags(inHelpOf command: String?) throws -> Set<String> {
        let run = try Program.run(
            Program.built("stacker"), command.map { [.init($0), "--help"] } ?? ["--help"],
            currentDirectory: "/tmp")
        let options = run.stdoutText.split(separator: "\n").filter { $0.hasPrefix("  -") }
        return Set(options.flatMap { line in line.matches(of: /(?:^  |, )(-[a-z-]+)/).map { String($0.output.1) } })
    }

    @Test func `explains exactly the flags that there are`() throws {
        var found: Set<String> = ["-v", Stacker.syntax.completionScript.canonical]
        for command in [nil] + Stacker.syntax.commands.keys.sorted() {
            found.formUnion(try flags(inHelpOf: command))
        }
        #expect(found.count > 10)
        #expect(documented == found)
    }

    @Test func `explains exactly the commands that there are`() {
        let commands = page.split(separator: "\n").compactMap { $0.firstMatch(of: /^\.It Cm ([a-z-]+)/)?.output.1 }
        #expect(commands.sorted().map(String.init) == (Stacker.syntax.commands.keys + ["help"]).sorted())
    }

    @Test(arguments: ["EXIT STATUS", "FILES", "ENVIRONMENT", "EXAMPLES"])
    func `has the sections that people look for`(_ section: String) {
        #expect(page.contains("\n.Sh \(section)\n"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/mandoc"), "needs mandoc"))
    func `is correct mdoc`() throws {
        let run = try Program.run("/usr/bin/mandoc", ["-Tlint", "-Wwarning"], stdin: .init(page))
        #expect(run.status == .exited(0), "\(run.stdoutText)")
    }
}
