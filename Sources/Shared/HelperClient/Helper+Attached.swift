import CShims
import Diagnostics
import Glibc
public import HelperProtocol
import LinuxSystem
public import SystemPackage

extension Helper {
    /// Runs one command for the person who uses this program: with its standard input, output and error.
    ///
    /// The user's terminal itself never reaches the command. Where standard input is one, the command gets a terminal of
    /// its own, and bytes are copied between the two; where only the output is one, the command gets pipes. One command
    /// at a time: a second caller waits.
    ///
    /// The answer is ``Reply/exited(_:)`` or ``Reply/signalled(_:)``, of the command.
    ///
    /// - Throws: A ``Failure`` with exit status 128 + n where signal n asked this program to end; the command is gone then.
    public func attach(_ step: Step, in namespace: BuildNamespace, roots: FilePath) async throws -> Reply {
        try await Blocking.run {
            turn.lock()
            defer { turn.unlock() }
            let streams = StandardStreams()
            return streams.terminals.contains(0)
                ? try attach(step, in: namespace, roots, toTerminal: streams)
                : try attach(step, in: namespace, roots, toPipes: streams)
        }
    }

    private func attach(
        _ step: Step, in namespace: BuildNamespace, _ roots: FilePath, toTerminal streams: StandardStreams
    ) throws -> Reply {
        let signals = try SignalNotes.begin(SignalNotes.ending + [SIGWINCH, SIGTSTP, SIGCONT])
        let user = try UserTerminal()
        let socket = try Channel()
        var step = step
        let size = user.size
        step.terminal = Step.Terminal(
            socket: HelperCall.firstDescriptor, uses: streams.terminals, rows: size.rows, columns: size.columns)
        let call = try HelperCall(
            program: program, directory: roots, namespace: namespace,
            standard: streams.numbers(replacingTerminalsBy: nil), descriptors: [socket.theirs.raw])
        let ours = socket.handOver()
        try call.send(.step(step))
        guard let other = try Self.receive(from: ours) else {
            // Something failed before the command could be started, and the reply says what.
            let reply = try call.reply()
            try call.finish()
            return reply
        }
        try user.makeRaw()
        defer { user.restore() }
        var relay = Relay([
            Relay.Flow(from: STDIN_FILENO, to: other.raw, .input),
            Relay.Flow(from: other.raw, to: streams.firstTerminalOutput, .output),
        ])
        let end = try relay.run(until: call.number, signals) { number in
            if number == SIGTSTP { user.stop() } else { user.resume() }
            user.copySize(to: other)
        }
        return try Self.finish(call, end)
    }

    private func attach(
        _ step: Step, in namespace: BuildNamespace, _ roots: FilePath, toPipes streams: StandardStreams
    ) throws -> Reply {
        let signals = try SignalNotes.begin(SignalNotes.ending)
        let pipes = try OutputPipes(instead: streams.terminals)
        let call = try HelperCall(
            program: program, directory: roots, namespace: namespace,
            standard: streams.numbers(replacingTerminalsBy: pipes))
        pipes.closeWriters()
        try call.send(.step(step))
        var relay = Relay(pipes.flows)
        let end = try relay.run(until: call.number, signals) { _ in }
        return try Self.finish(call, end)
    }

    private static func finish(_ call: consuming HelperCall, _ end: Relay.End) throws -> Reply {
        switch end {
        case .replied:
            let reply = try call.reply()
            try call.finish()
            return reply
        case .interrupted(let number):
            // Closes the channel, which ends the command.
            try call.finish()
            throw Failure("interrupted by signal \(number)", exitCode: ExitCode(rawValue: 128 &+ number))
        }
    }

    /// `nil` where nothing was sent before the end.
    private static func receive(from socket: borrowing OwnedDescriptor) throws(SystemError) -> OwnedDescriptor? {
        let raw = socket.raw
        var number: CInt = -1
        try check("recvmsg") { unsafe stk_receive_descriptor(raw, &number) }
        guard number >= 0 else { return nil }
        let other = OwnedDescriptor(adopting: number)
        // So that a command which reads nothing cannot stop us from showing what it writes.
        try check("fcntl") { fcntl(number, F_SETFL, O_NONBLOCK) }
        return other
    }
}

/// There is one user, with one terminal.
private let turn = PosixMutex()
