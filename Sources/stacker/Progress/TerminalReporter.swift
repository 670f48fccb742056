import Builder
import Diagnostics
import Glibc
import Synchronization
import SystemPackage

/// Shows what a build is at below its output, in lines that are redrawn in place.
final class TerminalReporter: BuildReporter {
    private struct State: Sendable {
        var model = ProgressModel()
        var area = TerminalArea()
        /// Whether the last output was not the end of a line: nothing is drawn inside one.
        var isInsideLine = false
        /// Whether somebody else has the terminal.
        var isTaken = false
    }

    let logsActivities = false
    var drawsBelowOutput: Bool { true }
    var interval: Duration? { .milliseconds(100) }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Lines that are drawn at most.
    private static let maximumLines = 12

    func write(_ output: [UInt8]) throws {
        try state.withLock { state in
            erase(&state)
            try StandardOutput.write(output)
            if let last = output.last { state.isInsideLine = last != UInt8(ascii: "\n") }
        }
    }

    /// A log that clears the way for each of its lines.
    func log(above log: Log) -> Log {
        log.routed { [self] line in
            state.withLock { state in
                erase(&state)
                log.write(line)
            }
        }
    }

    func report(_ event: BuildEvent) {
        state.withLock { state in
            let now = ContinuousClock.now - start
            state.model.apply(event, at: now)
            switch event {
            case .progressed: draw(&state, at: now)
            case .terminalTaken:
                erase(&state)
                state.isTaken = true
            case .terminalReturned: state.isTaken = false
            case .ended: erase(&state)
            default: break
            }
        }
    }

    private func draw(_ state: inout State, at now: Duration) {
        guard !state.isTaken, !state.isInsideLine else { return }
        let size = TerminalSize.current(STDOUT_FILENO)
        // The last column stays free, because terminals differ in when they go on to the next line.
        let lines = state.model.lines(
            width: size.columns - 1, height: min(Self.maximumLines, size.rows - 1), at: now)
        show(state.area.draw(lines, width: size.columns))
    }

    private func erase(_ state: inout State) {
        guard !state.area.isEmpty else { return }
        show(state.area.erase(width: TerminalSize.current(STDOUT_FILENO).columns))
    }

    /// A terminal that is gone is noticed by the next output, which matters more.
    private func show(_ text: String) {
        if !text.isEmpty { _ = try? FileDescriptor.standardOutput.writeAll(Array(text.utf8)) }
    }
}
