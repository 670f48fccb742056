import Diagnostics
import LinuxSystem
import SystemPackage

/// Running git on a tree that may be hostile, as one that was downloaded is.
///
/// git executes what the configuration of a repository names: monitors, filters, hooks, pagers. What is run here with
/// that configuration only finds directories and prints settings, and what looks at files or objects is run without it.
struct Git {
    private let program: FilePath

    init() throws(Failure) {
        guard let program = SystemPrograms.find("git") else {
            throw Failure("git is not installed", hint: "install git, or build outside of a git tree")
        }
        self.program = program
    }

    private static let options: [ByteString] = [
        "--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
        "-c", "safe.bareRepository=explicit", "-c", "core.pager=cat", "-c", "core.sshCommand=false",
    ]

    private static let environment: [ByteString] = [
        "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "GIT_ALLOW_PROTOCOL=none",
        "GIT_NO_LAZY_FETCH=1", "GIT_ATTR_NOSYSTEM=1",
    ]

    enum Answer {
        case output([UInt8])
        /// git says no, such as outside of a tree.
        case refused
        case tooLong
    }

    /// What git prints; a hostile tree may make it read without end, so time and bytes are bounded.
    func run(
        in folder: FilePath, _ arguments: [ByteString], environment: [ByteString], outputLimit: Int = 65_536
    ) throws -> Answer {
        let result = try CapturedProgram.run(
            program, Self.options + ["-C", ByteString(folder)] + arguments,
            environment: Self.environment + environment, outputLimit: outputLimit, timeLimit: .seconds(20))
        switch result {
        case .exited(0, let output): return .output(output)
        case .exited: return .refused
        case .tooMuchOutput: return .tooLong
        case .timedOut: throw Failure("git \(arguments[0]) took longer than 20 seconds", class: .limit)
        case .signalled(let number): throw Failure("git \(arguments[0]) was killed by signal \(number)")
        }
    }
}
