import Builder
import Diagnostics
import Glibc

/// Who shows a build, and the log that goes with it.
struct BuildDisplay: Sendable {
    let reporter: any BuildReporter
    let log: Log

    init(_ options: GlobalOptions, log: Log) throws(Failure) {
        switch try options.progressMode() {
        case .off: (reporter, self.log) = (PlainReporter(logsActivities: false), log)
        case .plain: (reporter, self.log) = (PlainReporter(logsActivities: true), log)
        case .terminal:
            let terminal = TerminalReporter()
            (reporter, self.log) = (terminal, options.logFile == nil ? terminal.log(above: log) : log)
        case .json:
            let stream = EventStream()
            (reporter, self.log) = (stream, options.logFile == nil ? stream.log(like: log) : log)
        }
    }
}
