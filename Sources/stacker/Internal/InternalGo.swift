import Builder
import Checks
import Diagnostics
import SystemPackage

/// `stacker internal-go VERB …`: small things that test suites of the established stacker ask for by these names.
///
/// In no help text and no manual page. Arguments are bytes, as names of files are.
enum InternalGo {
    /// The command itself.
    static let name = "internal-go"

    static func run(_ arguments: [ByteString], in session: Session) async throws {
        let rest = Array(arguments.dropFirst())
        switch arguments.first {
        case "cp":
            let paths = try FileCommands.paths(rest, count: 2)
            try TreeCopy.run(from: paths[0], to: paths[1])
        case "chmod": try FileCommands.changeMode(rest)
        case "chown": try FileCommands.changeOwner(rest)
        case "check-aa-profile": try ProfileCheck.run(rest)
        case "testsuite-check-overlay":
            guard rest.isEmpty else { throw FileCommands.wrongNumber }
            try await checkOverlay(session)
        case let verb: throw UsageError.unknownCommand((verb ?? "").description, meant: nil)
        }
    }

    /// Fails with a status of its own where a build could not work on overlays here.
    private static func checkOverlay(_ session: Session) async throws {
        let report = try await Builder.check(session.directories)
        for probe in report.probes where ["user-namespace", "overlay"].contains(probe.name) {
            guard case .blocked(let finding) = probe.outcome else { continue }
            var failure = finding.explanation
            failure.exitCode = ExitCode(rawValue: 50)
            throw failure
        }
    }
}
