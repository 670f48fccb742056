import ArgumentParser
import Builder
import Diagnostics

struct Check: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Try what a build needs on this host, and tell how to mend what does not work.",
        usage: "stacker check [<option> ...]",
        discussion: "Exits with 0 when builds can run, 1 when they cannot, 3 when that could not be found out.")

    static let syntax: [FlagSyntax] = [.boolean("json")]

    @Flag(help: "Print the result as JSON.") var json = false

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let report: HostReport
        do throws(Failure) {
            report = try await Builder.check(session.directories)
        } catch {
            var failure = error
            failure.exitCode = ExitCode(rawValue: 3)
            throw failure
        }
        try StandardOutput.write(json ? HostReportText.json(report) : HostReportText.lines(report))
        guard report.isReady else {
            throw Failure("this host cannot run builds yet", class: .permission)
        }
    }
}
