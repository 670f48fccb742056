import Builder
import Glibc

/// Lets steps write to standard output by themselves, and leaves the rest to the log.
struct PlainReporter: BuildReporter {
    let logsActivities: Bool
    var interval: Duration? { nil }
    var descriptor: CInt? { STDOUT_FILENO }

    func write(_ output: [UInt8]) throws { try StandardOutput.write(output) }

    func checkDescriptor() throws { try StandardOutput.check() }

    func report(_ event: BuildEvent) {}
}
