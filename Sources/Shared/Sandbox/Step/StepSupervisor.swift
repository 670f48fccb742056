import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem

/// The outer process of a build step: mounts the overlay, starts process 1, and cleans the image up after it.
enum StepSupervisor {
    /// `inner` is the number of a descriptor of the user namespace in which the command is root, and stays open; `nil`
    /// where there is none but this process's own.
    static func run(
        _ step: Step, in userNamespace: UserNamespace, inner: CInt?, _ channel: borrowing OwnedDescriptor
    ) throws(HelperFailure) -> Reply {
        // What we make in the image must not depend on the mask of whoever started us, nor what the command makes.
        umask(0o022)
        try during(.newNamespaces) { () throws(SystemError) in
            // What the command may rule is made where it will be root; here the processes that it shall not reach.
            try OwnNamespaces.enter(inner == nil ? OwnNamespaces.ofCommand : stk_new_pid)
        }
        // In this mount namespace nothing is ever mounted over the image, so that mount points that were made in it
        // can be looked at and removed when process 1, which has a namespace of its own, is gone.
        let root = try during(.mountOverlay) { () throws(SystemError) in
            try overlay(step, in: userNamespace).mount(on: try OverlayMount.open(step.root))
            return try OverlayMount.open(step.root)
        }
        let outcome = try during(.newNamespaces) { () throws(SystemError) in
            let reports = try Pipe.make()
            let lifeline = try Pipe.make()
            let supervisor = try Supervisor.prepare(.forward)
            let child = try ThisProcess.fork {
                StepInit(step: step, userNamespace: userNamespace, inner: inner)
                    .run(root, lifeline: lifeline, reports: reports.writer)
            }
            return try watch(supervisor, child, reports, lifeline, channel)
        }
        try during(.cleanUp) { () throws(SystemError) in
            try MountPointRemoval.remove(outcome.made, in: root)
        }
        if case .failed(let failure) = outcome.reply { throw failure }
        return outcome.reply
    }

    private static func watch(
        _ supervisor: borrowing Supervisor, _ child: pid_t, _ reports: consuming Pipe,
        _ lifeline: borrowing Pipe, _ channel: borrowing OwnedDescriptor
    ) throws(SystemError) -> Supervisor.Outcome {
        // Only the child may hold the writing end, or its end would never be seen.
        let reader = reports.reader
        _ = consume reports.writer
        return try supervisor.watch(child, reports: reader, channel: channel)
    }

    static func overlay(_ step: Step, in userNamespace: UserNamespace) -> OverlayMount {
        OverlayMount(
            lower: step.layers.isEmpty ? [step.root] : step.layers.reversed(),
            changes: OverlayMount.Changes(upper: step.upper, work: step.work),
            // Root of a user namespace cannot make device nodes; root of the host can, but they must not work.
            attributes: userNamespace == .joined ? [] : .noDevices)
    }
}
