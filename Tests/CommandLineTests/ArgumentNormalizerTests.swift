import Diagnostics
import Testing

@testable import stacker

/// A command line and what it asks for.
private struct Row: Sendable, CustomTestStringConvertible {
    let line: [ByteString]
    let invocation: Invocation

    init(_ line: [ByteString], _ invocation: Invocation) {
        self.line = line
        self.invocation = invocation
    }

    init(_ line: [ByteString], _ command: [String]) {
        self.init(line, .command(verb: command[0], arguments: Array(command.dropFirst())))
    }

    var testDescription: String { line.map(\.description).joined(separator: " ") }
}

@Suite struct `A command line` {
    /// One flag of each sort, and a verb that the real program does not have yet: one with a list.
    private static let syntax = CommandLineSyntax(
        global: [
            .value("work-dir", emptyMeansUnset: true), .value("roots-dir"), .boolean("debug"), .boolean("quiet", "q"),
        ],
        commands: ["build": [.value("stacker-file", "f"), .value("substitute"), .boolean("no-cache")], "clean": []])

    private static let accepted: [Row] = [
        // One dash or two, a value attached or not.
        Row(["build", "-stacker-file", "x"], ["build", "--stacker-file=x"]),
        Row(["build", "--stacker-file", "x"], ["build", "--stacker-file=x"]),
        Row(["build", "-stacker-file=x"], ["build", "--stacker-file=x"]),
        Row(["build", "--f=x"], ["build", "--stacker-file=x"]),
        Row(["build", "-f", "x"], ["build", "--stacker-file=x"]),
        // A value may look like anything.
        Row(["build", "-f", "-"], ["build", "--stacker-file=-"]),
        Row(["build", "-f", "--debug"], ["build", "--stacker-file=--debug"]),
        Row(["build", "-f", "--"], ["build", "--stacker-file=--"]),
        Row(["build", "-f", "clean"], ["build", "--stacker-file=clean"]),
        Row(["build", "-f", "a=b=c"], ["build", "--stacker-file=a=b=c"]),
        Row(["build", "-f", "a\nb"], ["build", "--stacker-file=a\nb"]),
        Row(["build", "-f", "\u{301}x"], ["build", "--stacker-file", "\u{301}x"]),
        Row(["build", "-f=\u{301}x"], ["build", "--stacker-file", "\u{301}x"]),
        // Booleans; the last one wins.
        Row(["build", "--debug"], ["build", "--debug"]),
        Row(["build", "-debug=true"], ["build", "--debug"]),
        Row(["build", "--debug=1"], ["build", "--debug"]),
        Row(["build", "--debug=false"], ["build"]),
        Row(["build", "--debug=0"], ["build"]),
        Row(["--debug", "build", "--debug=false"], ["build"]),
        Row(["--debug=false", "build", "--debug"], ["build", "--debug"]),
        Row(["build", "--no-cache", "x"], ["build", "--no-cache", "--", "x"]),
        // Global flags before and after the verb, in order.
        Row(["--roots-dir", "a", "build", "--roots-dir", "b"], ["build", "--roots-dir=a", "--roots-dir=b"]),
        Row(["-q", "build"], ["build", "--quiet"]),
        // Lists repeat, and commas are part of the value.
        Row(
            ["build", "--substitute", "a=b,c", "--substitute=d=e"],
            ["build", "--substitute=a=b,c", "--substitute=d=e"]),
        // Flags end at the first positional argument, or at --.
        Row(["build", "x", "--debug"], ["build", "--", "x", "--debug"]),
        Row(["build", "-", "--debug"], ["build", "--", "-", "--debug"]),
        Row(["build", "--", "--help"], ["build", "--", "--help"]),
        Row(["--", "build"], ["build"]),
        Row(["clean", "", "x"], ["clean", "--", "", "x"]),
        // Empty says "not set" where that means something.
        Row(["build", "--work-dir="], ["build"]),
        Row(["--work-dir", "a", "build", "--work-dir", ""], ["build"]),
        // Requests.
        Row([], .help(topic: nil)),
        Row(["--debug"], .help(topic: nil)),
        Row(["-h"], .help(topic: nil)),
        Row(["--help", "build"], .help(topic: nil)),
        Row(["-help=false", "build"], ["build"]),
        Row(["help"], .help(topic: nil)),
        Row(["help", "build"], .help(topic: "build")),
        Row(["help", "-q", "build", "y"], .help(topic: "build")),
        Row(["build", "--help"], .commandHelp(verb: "build", globalFlags: [])),
        Row(
            ["--debug", "build", "-f", "x", "-h", "--roots-dir=y"],
            .commandHelp(verb: "build", globalFlags: ["--debug", "--roots-dir=y"])),
        Row(["-v"], .version),
        Row(["--version"], .version),
        Row(["build", "-version"], .version),
        Row(["--generate-completion-script", "bash"], .completionScript(shell: "bash")),
        Row(["---completion", "build", "--", "x"], .completion(["---completion", "build", "--", "x"])),
    ]

    @Test(arguments: accepted)
    private func `is read as it was meant`(_ row: Row) throws {
        #expect(try ArgumentNormalizer.invocation(of: row.line, Self.syntax) == row.invocation)
    }

    @Test(
        arguments: [
            (["--nothing"], "flag provided but not defined: -nothing", nil),
            (["-nothing=3", "build"], "flag provided but not defined: -nothing", nil),
            (["build", "--nothing"], "flag provided but not defined: -nothing", "build"),
            (["clean", "-f", "x"], "flag provided but not defined: -f", "clean"),
            (["-f", "x", "build"], "flag provided but not defined: -f", nil),
            (["build", "-fx"], "flag provided but not defined: -fx", "build"),
            (["build", "--Debug"], "flag provided but not defined: -Debug (did you mean --debug?)", "build"),
            (
                ["build", "--generate-completion-script=zsh"],
                "flag provided but not defined: -generate-completion-script", "build"
            ),
            (["build", "--x\u{1b}[0m"], "flag provided but not defined: -x\\x1b[0m", "build"),
            (["build", "---debug"], "bad flag syntax: ---debug", "build"),
            (["build", "-=x"], "bad flag syntax: -=x", "build"),
            (["build", "-f"], "flag needs an argument: -f", "build"),
            (["--roots-dir"], "flag needs an argument: -roots-dir", nil),
            (["--roots-dir=", "build"], "flag needs an argument that is not empty: -roots-dir", nil),
            (["build", "--roots-dir", ""], "flag needs an argument that is not empty: -roots-dir", "build"),
            (["build", "--debug=yes"], "invalid boolean value \"yes\" for -debug: use true or false", "build"),
            (["build", "--debug="], "invalid boolean value \"\" for -debug: use true or false", "build"),
            (
                ["build", "--debug=tru\u{301}e"], "invalid boolean value \"tru\u{301}e\" for -debug: use true or false",
                "build"
            ),
            (["help", "--nothing"], "flag provided but not defined: -nothing", nil),
        ] as [([ByteString], String, String?)])
    func `with a mistake in it is refused`(_ line: [ByteString], _ message: String, _ verb: String?) {
        #expect(throws: UsageError.invalid(message, command: verb)) {
            try ArgumentNormalizer.invocation(of: line, Self.syntax)
        }
    }

    @Test(
        arguments: [
            [0x61, 0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80],
        ] as [[UInt8]])
    func `with an argument that is not UTF-8 is refused, and the message shows its bytes`(_ bytes: [UInt8]) {
        let argument = ByteString(bytes)
        let refused = UsageError.invalid("argument is not UTF-8: \(argument)", command: "build")
        #expect(throws: refused) { try ArgumentNormalizer.invocation(of: ["build", "-f", argument], Self.syntax) }
        #expect(throws: refused) { try ArgumentNormalizer.invocation(of: ["build", argument], Self.syntax) }
    }

    @Test(
        arguments: [
            (["frob"], "frob"), (["-"], "-"), ([""], ""), (["--debug", "x", "build"], "x"), (["help", "x"], "x"),
            ([ByteString([0xff])], "\\xff"), (["internal", "worker"], "internal"),

        ] as [([ByteString], String)])
    func `with an unknown verb is refused`(_ line: [ByteString], _ name: String) {
        #expect(throws: UsageError.unknownCommand(name, meant: nil)) {
            try ArgumentNormalizer.invocation(of: line, Self.syntax)
        }
    }
}
