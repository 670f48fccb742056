import Glibc
import LinuxSystem
import SystemPackage

/// Copies bytes for a command until it has ended and everything it wrote is copied.
struct Relay {
    /// Bytes that go one way.
    struct Flow {
        enum Direction: Hashable, Sendable {
            case input
            case output
        }

        let source: CInt
        let target: CInt
        let direction: Direction
        /// Read and not yet written.
        fileprivate var pending: ArraySlice<UInt8> = []
        fileprivate var hasEnded = false
        /// The user's side does not exist any more.
        fileprivate var isCutOff = false

        init(from source: CInt, to target: CInt, _ direction: Direction) {
            self.source = source
            self.target = target
            self.direction = direction
        }
    }

    /// Why copying was over.
    enum End: Hashable, Sendable {
        /// The reply is there to be read, or its sender is gone.
        case replied
        /// By a signal that asks this program to end, or the hang-up of its terminal.
        case interrupted(CInt)
    }

    private var flows: [Flow]

    init(_ flows: [Flow]) { self.flows = flows }

    /// `channel` is where the reply will come; other signals than the ending ones are for `handle`.
    mutating func run(
        until channel: CInt, _ signals: borrowing SignalNotes, _ handle: (CInt) -> Void
    ) throws(SystemError) -> End {
        var hasReplied = false
        while !hasReplied || !flows.isEmpty {
            let ready = try wait([(signals.number, POLLIN), (hasReplied ? -1 : channel, POLLIN)])
            for number in try signals.take() {
                if SignalNotes.ending.contains(number) { return .interrupted(number) }
                handle(number)
            }
            if ready[1] {
                hasReplied = true
                flows.removeAll { $0.direction == .input }
                continue
            }
            for index in flows.indices where ready[index + 2] { try flows[index].move() }
            if flows.contains(where: { $0.isCutOff || ($0.direction == .input && $0.hasEnded) }) {
                return .interrupted(SIGHUP)
            }
            flows.removeAll { $0.hasEnded && $0.pending.isEmpty }
        }
        return .replied
    }

    /// Whether each of `others`, and then each flow, can go on; returns when any can.
    private func wait(_ others: [(CInt, Int32)]) throws(SystemError) -> [Bool] {
        let wanted = others + flows.map { $0.pending.isEmpty ? ($0.source, POLLIN) : ($0.target, POLLOUT) }
        var polled = wanted.map { pollfd(fd: $0.0, events: Int16($0.1), revents: 0) }
        let count = nfds_t(polled.count)
        try check("poll") { unsafe poll(&polled, count, -1) }
        return polled.map { $0.revents != 0 }
    }
}

extension Relay.Flow {
    /// Reads or writes once, which the caller has found possible.
    fileprivate mutating func move() throws(SystemError) {
        if pending.isEmpty { try fill() } else { try empty() }
    }

    private mutating func fill() throws(SystemError) {
        let source = source
        do throws(SystemError) {
            let piece = try unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { (buffer, count) throws(SystemError) in
                count = try check("read") { unsafe read(source, buffer.baseAddress, 4_096) }
            }
            pending = piece[...]
            hasEnded = piece.isEmpty
        } catch {
            if error.errno == .resourceTemporarilyUnavailable { return }
            // The other side of a terminal is closed.
            guard error.errno == .ioError else { throw error }
            hasEnded = true
        }
    }

    private mutating func empty() throws(SystemError) {
        let target = target
        do throws(SystemError) {
            let written = try check("write") {
                unsafe pending.withUnsafeBytes { unsafe write(target, $0.baseAddress, $0.count) }
            }
            pending = pending.dropFirst(written)
        } catch {
            switch (error.errno, direction) {
            case (.resourceTemporarilyUnavailable, _): return
            // Nobody reads it, or nobody can: the command goes on without.
            case (.ioError, .input), (.badFileDescriptor, .output): pending = []
            // The user's terminal is gone.
            case (.ioError, .output), (.brokenPipe, .output): isCutOff = true
            default: throw error
            }
        }
    }
}
