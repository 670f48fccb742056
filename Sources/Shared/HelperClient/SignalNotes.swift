import CShims
import Glibc
import LinuxSystem
import SystemPackage

/// Signals that this process gets, as bytes to read, while this value lives; then they do what they did before.
///
/// Of the whole process: one at a time.
struct SignalNotes: ~Copyable {
    /// Those that ask a program to end.
    static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    private let reader: OwnedDescriptor
    private let writer: OwnedDescriptor
    private let previous: [(CInt, sigaction)]

    static func begin(_ numbers: [CInt]) throws(SystemError) -> SignalNotes {
        var ends: [CInt] = [-1, -1]
        try check("pipe2") { unsafe stk_pipe(&ends) }
        let reader = OwnedDescriptor(adopting: ends[0])
        let writer = OwnedDescriptor(adopting: ends[1])
        for end in ends { try check("fcntl") { fcntl(end, F_SETFL, O_NONBLOCK) } }
        stk_note_signals_at(ends[1])
        var previous: [(CInt, sigaction)] = []
        for number in numbers {
            var before = sigaction()
            try check("sigaction") { unsafe stk_note_signal(number, &before) }
            previous.append((number, before))
        }
        return SignalNotes(reader: reader, writer: writer, previous: previous)
    }

    deinit {
        for (number, action) in previous {
            var action = action
            _ = unsafe sigaction(number, &action, nil)
        }
        stk_note_signals_at(-1)
    }

    /// To poll for reading.
    var number: CInt { reader.raw }

    /// The signals since the last time, in order.
    func take() throws(SystemError) -> [CInt] {
        do throws(SystemError) {
            return try reader.read(upTo: 256).map { CInt($0) }
        } catch {
            guard error.errno == .resourceTemporarilyUnavailable else { throw error }
            return []
        }
    }
}
