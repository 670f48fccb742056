import ArgumentParser
import Checks
import Diagnostics
import Glibc

/// The entry point, and the only place where an error becomes a message and an exit status.
@main struct StackerSetupProgram {
    private static let name = "stacker-setup"
    /// Listed in stacker-setup(8).
    private static let usageStatus: Int32 = 2

    static func main() {
        // The width of help texts: fixed, because ArgumentParser traps where COLUMNS or the terminal is too narrow.
        setenv("COLUMNS", "80", 1)
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try StackerSetup.parseAsRoot(arguments)
            guard let status = command as? Status else {
                try command.run()
                return 0
            }
            let account = try TargetAccount.find(
                user: status.user, sudoUser: getenv("SUDO_UID").map { String(cString: $0) })
            let report = StatusReport(.read(for: account))
            try write(report.description)
            return report.isReady ? 0 : 1
        } catch let failure as Failure {
            StandardError.print(name, failure)
            return failure.exitCode.rawValue
        } catch {
            return answer(error)
        }
    }

    /// ArgumentParser throws everything: help, the version, and mistakes.
    private static func answer(_ error: any Error) -> Int32 {
        let text = StackerSetup.fullMessage(for: error)
        guard StackerSetup.exitCode(for: error) == .success else {
            StandardError.print(
                name,
                Failure(
                    ByteString(StackerSetup.message(for: error)).description,
                    hint: "see `\(name) --help`", class: .usage))
            return usageStatus
        }
        do throws(Failure) {
            try write(text)
            return 0
        } catch {
            StandardError.print(name, error)
            return 1
        }
    }

    private static func write(_ text: String) throws(Failure) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            let code = errno
            if count > 0 { rest = rest.dropFirst(count) }
            if count < 0, code != EINTR {
                throw Failure("cannot write to standard output", causes: [String(cString: strerror(code))])
            }
        }
    }
}
