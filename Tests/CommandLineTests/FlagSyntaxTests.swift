import ArgumentParser
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import stacker

/// What ArgumentParser itself says of a command, as JSON; only what the comparison needs.
private struct Dump: Decodable {
    struct Command: Decodable {
        var commandName: String
        var arguments: [Argument]?
        var subcommands: [Command]?
        var abstract: String?
    }
    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }
        var kind: String
        var shouldDisplay: Bool
        var names: [Name]?
        var abstract: String?
    }
    var command: Command
}

private func stackerCommand() throws -> Dump.Command {
    try JSONDecoder().decode(Dump.self, from: Data(Stacker._dumpHelp().utf8)).command
}

/// The flags of a command as one comparable set: kind and names.
private func flags(_ command: Dump.Command) -> Set<String> {
    Set(
        (command.arguments ?? []).filter { $0.kind != "positional" }.map { argument in
            "\(argument.kind) " + (argument.names ?? []).map(\.name).sorted().joined(separator: " ")
        })
}

private func flags(_ syntax: [FlagSyntax]) -> Set<String> {
    Set(syntax.map { "\($0.kind == .boolean ? "flag" : "option") " + $0.names.sorted().joined(separator: " ") })
}

@Suite struct `The flags that are searched for` {
    /// ArgumentParser adds these to every command; `-v` is ours alone.
    private let added: Set<String> = ["flag version", "flag h help"]

    @Test func `are those of the program`() throws {
        #expect(flags(try stackerCommand()) == flags(GlobalOptions.syntax).union(added))
    }

    @Test func `are those of each command`() throws {
        let commands = try stackerCommand().subcommands ?? []
        #expect(Set(commands.map(\.commandName)) == Set(Stacker.syntax.commands.keys).union(["help"]))
        for command in commands where command.commandName != "help" {
            let own = Stacker.syntax.commands[command.commandName] ?? []
            #expect(flags(command) == flags(GlobalOptions.syntax + own).union(added), "\(command.commandName)")
        }
    }

    @Test func `have one sentence each`() throws {
        let stacker = try stackerCommand()
        for command in [stacker] + (stacker.subcommands ?? []) where command.commandName != "help" {
            for text in [command.abstract] + (command.arguments ?? []).filter(\.shouldDisplay).map(\.abstract) {
                #expect(
                    text?.isEmpty == false && text?.hasSuffix(".") == true, "\(command.commandName): \(text ?? "-")")
            }
        }
    }

    /// Messages of the modules that only stacker links; findings name the flags of other programs in their commands, and
    /// what runs git gives it some.
    @Test func `are the only ones that a message names`() throws {
        var known = Set(Stacker.syntax.commands.values.flatMap { $0 }.flatMap(\.names))
        known.formUnion((GlobalOptions.syntax + [Stacker.syntax.help, Stacker.syntax.version]).flatMap(\.names))
        known.formUnion(Stacker.syntax.completionScript.names)
        var named = 0
        for folder in ["stacker", "Shared/Builder", "Shared/LinuxSystem", "Shared/OCI", "Shared/Storage"] {
            let path = Checkout.path.appending("Sources/\(folder)").string
            let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            for file in files where file.hasSuffix(".swift") && !file.hasPrefix("Git/") {
                let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
                for line in text.split(separator: "\n") where !line.contains("///") {
                    for literal in line.matches(of: /"[^"]*"/) {
                        for flag in literal.output.matches(of: /(?:^|[ "`(])--([a-z][a-z-]+)/) {
                            named += 1
                            #expect(known.contains(String(flag.output.1)), "\(file): \(literal.output)")
                        }
                    }
                }
            }
        }
        #expect(named > 5)
    }
}
