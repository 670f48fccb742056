import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem

/// Waits for the one child of stacker-nsexec while it listens to the frontend, to signals and to the child's reports.
struct Supervisor: ~Copyable {
    /// What a signal that would end stacker-nsexec does to the child.
    enum Reaction: Hashable, Sendable {
        case forward
        /// Process 1 of a namespace ignores every signal that it has no handler for, but not this one.
        case kill
    }

    struct Outcome {
        var made: [MadeMountPoint] = []
        /// How the child ended, by its own report or else by its wait status.
        var reply: Reply
    }

    static let forwarded = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

    private let signals: OwnedDescriptor
    private let reaction: Reaction

    /// BEFORE the child is made, so that none of its signals is missed; the child must undo it.
    static func prepare(_ reaction: Reaction) throws(SystemError) -> Supervisor {
        let numbers = forwarded + [SIGCHLD]
        ThisProcess.block(numbers)
        var set = ThisProcess.set(numbers)
        let signals = try check("signalfd") { unsafe stk_signalfd(&set) }
        return Supervisor(signals: OwnedDescriptor(adopting: signals), reaction: reaction)
    }

    /// Returns when `child` is gone; a frontend that closes the channel ends the child.
    func watch(
        _ child: pid_t, reports: borrowing OwnedDescriptor, channel: borrowing OwnedDescriptor
    ) throws(SystemError) -> Outcome {
        var polled = [
            pollfd(fd: reports.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signals.raw, events: Int16(POLLIN), revents: 0),
            pollfd(fd: channel.raw, events: 0, revents: 0),
        ]
        var received: [Report] = []
        while true {
            let count = nfds_t(polled.count)
            try check("poll") { unsafe poll(&polled, count, -1) }
            if polled[2].revents != 0 {
                _ = kill(child, SIGKILL)
                polled[2].fd = -1
            }
            if polled[0].revents != 0 {
                if let report = Self.receive(reports) { received.append(report) } else { polled[0].fd = -1 }
            }
            guard polled[1].revents != 0 else { continue }
            let number = try nextSignal()
            guard number == SIGCHLD else {
                _ = kill(child, reaction == .forward ? number : SIGKILL)
                continue
            }
            var status: CInt = 0
            let ended = try check("waitpid") { unsafe waitpid(child, &status, WNOHANG) }
            if ended == child {
                while let report = Self.receive(reports) { received.append(report) }
                return Self.outcome(received, status)
            }
        }
    }

    private static func outcome(_ reports: [Report], _ status: CInt) -> Outcome {
        var outcome = Outcome(reply: ProcessEnd(status).reply)
        for case .made(let points) in reports.prefix(1) { outcome.made = points }
        for case .ended(let reply) in reports {
            outcome.reply = reply
            break
        }
        return outcome
    }

    /// The next report; `nil` at the end, and where a dying child left half of one.
    private static func receive(_ reports: borrowing OwnedDescriptor) -> Report? {
        // A child that dies in the middle of a report is described by its wait status.
        guard let message = try? MessageReader.receive(from: reports) else { return nil }
        return try? Report(message)
    }

    private func nextSignal() throws(SystemError) -> CInt {
        let record = try signals.read(upTo: stk_signal_record_size)
        return unsafe record.withUnsafeBytes { unsafe $0.loadUnaligned(as: CInt.self) }
    }
}
