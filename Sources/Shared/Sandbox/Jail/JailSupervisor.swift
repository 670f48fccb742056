import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Starts a worker in namespaces of its own, in the one directory that will be its root.
///
/// The worker is process 1 of its namespace without an init of ours: it has no children to reap, needs no signal but
/// SIGKILL, which reaches process 1 too, and dies of its own traps and of its system call filter like any process.
enum JailSupervisor {
    static func run(_ program: JailedProgram, _ channel: borrowing OwnedDescriptor) throws(HelperFailure) -> Reply {
        try during(.newNamespaces) { () throws(SystemError) in
            try OwnNamespaces.enter(stk_new_net | stk_new_ipc | stk_new_uts | stk_new_pid)
        }
        try during(.jail) { () throws(SystemError) in
            switch program.view {
            case .directory: break
            case .layer(let upper, let below): try LayerView(upper: upper, below: below).enter()
            case .copy(let source, let target): try CopyView(source: source, target: target).enter()
            }
        }
        let outcome = try during(.jail) { () throws(SystemError) in
            let reports = try Pipe.make()
            let lifeline = try Pipe.make()
            let supervisor = try Supervisor.prepare(.kill)
            let child = try ThisProcess.fork { execute(program, lifeline: lifeline, reports: reports.writer) }
            return try watch(supervisor, child, reports, lifeline, program.descriptors, channel)
        }
        if case .failed(let failure) = outcome.reply { throw failure }
        return outcome.reply
    }

    private static func watch(
        _ supervisor: borrowing Supervisor, _ child: pid_t, _ reports: consuming Pipe, _ lifeline: borrowing Pipe,
        _ descriptors: [Int32], _ channel: borrowing OwnedDescriptor
    ) throws(SystemError) -> Supervisor.Outcome {
        // Only the child may hold these: whoever is at the other end must see when it is gone.
        for descriptor in descriptors { _ = close(descriptor) }
        let reader = reports.reader
        _ = consume reports.writer
        return try supervisor.watch(child, reports: reader, channel: channel)
    }

    private static func execute(
        _ program: JailedProgram, lifeline: borrowing Pipe, reports: borrowing OwnedDescriptor
    ) -> Never {
        let raw = reports.raw
        let failure: SystemError
        do throws(SystemError) {
            _ = close(lifeline.writer.raw)
            try ThisProcess.dieWithParent(holding: lifeline.reader)
            let arguments = try ArgumentVector([program.program] + program.arguments)
            // A worker that traps must end, not write what it was working on to standard error.
            let environment = try ArgumentVector(["SWIFT_BACKTRACE=enable=no"])
            try ThisProcess.closeAll(except: program.descriptors + [raw])
            for descriptor in program.descriptors { try check("fcntl") { fcntl(descriptor, F_SETFD, 0) } }
            ThisProcess.resetSignals()
            failure = ArgumentVector.execute(program.program, arguments, environment)
        } catch {
            failure = error
        }
        // Where even this fails, our exit status is what is reported.
        try? Report.ended(.failed(HelperFailure(.jail, failure))).send(to: reports)
        _exit(127)
    }
}
