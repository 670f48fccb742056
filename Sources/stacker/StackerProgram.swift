import ArgumentParser
import Diagnostics
import Glibc

/// The entry point, and the only place where an error becomes a message and an exit status.
@main struct StackerProgram {
    static func main() async {
        let arguments = ProcessStart.arguments()
        // BEFORE anything async: the worker must be the only thread of its process.
        if arguments.count == 3, arguments.starts(with: ["internal", "worker"]) { WorkerProgram.run(arguments[2]) }
        ProcessStart.prepare()
        exit(await run(arguments))
    }

    /// Runs one command line; returns the exit status.
    private static func run(_ arguments: [ByteString]) async -> Int32 {
        var manner = ErrorManner()
        do {
            switch try ArgumentNormalizer.invocation(of: arguments, Stacker.syntax) {
            case .command(let verb, let arguments):
                let command = try self.command(verb).parse(arguments)
                manner = ErrorManner(command.global)
                try await within(command.global) { try await command.run(in: $0) }
            case .commandHelp(let verb, let flags):
                // Help on a verb comes after everything that the verb itself begins with: scripts use it to see
                // whether the global flags are right, and where the log goes.
                let global = try GlobalOptions.parse(flags)
                manner = ErrorManner(global)
                try await within(global) { _ in try StandardOutput.write(help(on: verb)) }
            case .internalGo(let flags, let arguments):
                let global = try GlobalOptions.parse(flags)
                manner = ErrorManner(global)
                try await within(global) { try await InternalGo.run(arguments, in: $0) }
            case .help(let topic): try StandardOutput.write(help(on: topic))
            case .version: try StandardOutput.write(Stacker.versionLine + "\n")
            case .completionScript(let name):
                guard let shell = CompletionShell(rawValue: name) else {
                    throw UsageError.invalid(
                        "no completions for \(ByteString(name)): use bash, zsh or fish", command: nil)
                }
                try StandardOutput.write(Stacker.completionScript(for: shell) + "\n")
            case .completion(let arguments): try complete(arguments)
            }
            return 0
        } catch {
            return report(error, manner)
        }
    }

    /// The type of a command, which ArgumentParser reads alone: going through all that stacker has takes longer.
    private static func command(_ verb: String) -> any SessionCommand.Type {
        guard let type = Stacker.commands.first(where: { $0._commandName == verb }) else {
            preconditionFailure("every verb of the syntax is a command")
        }
        return type
    }

    private static func within(_ options: GlobalOptions, _ body: (Session) async throws -> Void) async throws {
        let session = try Session(options)
        try await body(session)
        try session.finish()
    }

    /// ArgumentParser hands its answer to a completion script over as an error.
    private static func complete(_ arguments: [String]) throws {
        do {
            _ = try Stacker.parseAsRoot(arguments)
        } catch  where Stacker.exitCode(for: error) == .success {
            try StandardOutput.write(Stacker.fullMessage(for: error, columns: columns) + "\n")
        }
    }

    /// The width of help texts: fixed, because ArgumentParser traps where the terminal, or COLUMNS, is too narrow.
    private static let columns = 80

    private static func help(on verb: String?) -> String {
        let type: any ParsableCommand.Type = verb.map(command) ?? Stacker.self
        return Stacker.helpMessage(for: type, columns: columns) + "\n"
    }

    /// Says what went wrong; returns the exit status.
    private static func report(_ error: any Error, _ manner: ErrorManner) -> Int32 {
        switch error {
        case let ended as CommandStatus:
            return ended.status
        case is StandardOutput.Closed:
            return 128 + SIGPIPE
        case UsageError.unknownCommand(let name, let meant):
            StandardError.print("No help topic for '\(name)'" + (meant.map { " (did you mean '\($0)'?)" } ?? ""))
            return 3
        case UsageError.invalid(let message, let verb):
            // The usage text goes to standard output, as it always did. That nobody can read it there is no news
            // beside the message, which goes elsewhere.
            try? StandardOutput.write(help(on: verb))
            StandardError.print("error: \(message)")
            return 1
        case let error as any Explainable:
            let failure = error.explanation
            StandardError.print(manner.text(of: failure))
            return failure.exitCode.rawValue
        default:
            StandardError.print(manner.text(of: Failure(ByteString(Stacker.message(for: error)).description)))
            return 1
        }
    }
}
