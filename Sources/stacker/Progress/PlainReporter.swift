import Builder
import Glibc

/// Writes what steps print to standard output, and leaves the rest to the log.
struct PlainReporter: BuildReporter {
    let logsActivities: Bool
    var drawsBelowOutput: Bool { false }
    var interval: Duration? { nil }

    func write(_ output: [UInt8]) throws { try StandardOutput.write(output) }

    func report(_ event: BuildEvent) {}
}
