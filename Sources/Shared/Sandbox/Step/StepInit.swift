import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Process 1 of a build step: makes what the command will see, starts it, and reaps whatever it leaves behind.
struct StepInit {
    let step: Step
    let userNamespace: UserNamespace
    /// A descriptor of the user namespace in which the command is root, where that is not the one this process is in.
    let inner: CInt?

    func run(
        _ root: borrowing OwnedDescriptor, lifeline: borrowing Pipe, reports: borrowing OwnedDescriptor
    ) -> Never {
        end(lifeline, reports) { () throws(HelperFailure) in
            let prepared = try prepare(root, reports)
            guard let inner else { return try runCommand(reports, prepared.oldRoot) }
            return try runInside(inner, prepared, reports)
        }
    }

    /// Works as process 1 of a namespace, which its parent's end is the end of, and reports how that went.
    private func end(
        _ lifeline: borrowing Pipe, _ reports: borrowing OwnedDescriptor, after work: () throws(HelperFailure) -> Reply
    ) -> Never {
        do {
            _ = close(lifeline.writer.raw)
            try ThisProcess.dieWithParent(holding: lifeline.reader)
            let reply: Reply
            do throws(HelperFailure) { reply = try work() } catch { reply = .failed(error) }
            try Report.ended(reply).send(to: reports)
            _exit(0)
        } catch {
            // Nobody is left to tell.
            _exit(1)
        }
    }

    private func prepare(
        _ root: borrowing OwnedDescriptor, _ reports: borrowing OwnedDescriptor
    ) throws(HelperFailure) -> Prepared {
        let image = try during(.newNamespaces) { () throws(SystemError) in
            // The working directory is carried over into the new mount namespace; a descriptor would still refer to the
            // old one, where nothing could be mounted from here.
            let raw = root.raw
            try check("fchdir") { fchdir(raw) }
            try check("unshare(CLONE_NEWNS)") { stk_unshare(stk_new_mount) }
            if userNamespace == .none { try NewRoot.leaveOuterChroot() }
            return try ImageRoot.workingDirectory()
        }
        let plan = MountPlan(for: step, in: userNamespace)
        var executor = MountExecutor(image)
        let failure: HelperFailure?
        do throws(HelperFailure) {
            for mount in plan.outer { try executor.perform(mount) }
            failure = nil
        } catch {
            failure = error
        }
        let made = executor.root.made
        try during(.cleanUp) { () throws(SystemError) in try Report.made(made).send(to: reports) }
        if let failure { throw failure }
        let held = try MountExecutor.hold(plan.inner)
        return try during(.pivot) { () throws(SystemError) in
            Prepared(oldRoot: try NewRoot.enterWorkingDirectory(), later: plan.inner, held: held)
        }
    }

    private struct Prepared {
        var oldRoot: NewRoot.OldRoot
        /// What is to be mounted in the command's own namespaces, and what of it is open already.
        var later: [MountStep]
        var held: [MountStep: CInt]
    }

    /// Goes where the command will be root, and lets a child be process 1 there.
    ///
    /// The child reports how the command ended; its own end is of interest only where it could not.
    private func runInside(
        _ inner: CInt, _ prepared: Prepared, _ reports: borrowing OwnedDescriptor
    ) throws(HelperFailure) -> Reply {
        try during(.joinUserNamespace) { () throws(SystemError) in
            try check("setns") { stk_setns(inner, stk_new_user) }
        }
        try UserNamespace.becomeRoot()
        ThisProcess.block(Supervisor.forwarded + [SIGCHLD])
        return try during(.newNamespaces) { () throws(SystemError) in
            try check("prctl(PR_SET_DUMPABLE)") { stk_set_dumpable(0) }
            // From here on every mount that is there is locked, as it was made by root of another namespace.
            try OwnNamespaces.enter(OwnNamespaces.ofCommand)
            let lifeline = try Pipe.make()
            let child = try ThisProcess.fork {
                end(lifeline, reports) { () throws(HelperFailure) in
                    try mountRest(prepared)
                    return try runCommand(reports, prepared.oldRoot)
                }
            }
            return try reap(until: child)
        }
    }

    private func mountRest(_ prepared: Prepared) throws(HelperFailure) {
        let image = try during(.newNamespaces) { () throws(SystemError) in try ImageRoot.workingDirectory() }
        var executor = MountExecutor(image, held: prepared.held)
        for mount in prepared.later { try executor.perform(mount) }
    }

    private func runCommand(
        _ reports: borrowing OwnedDescriptor, _ oldRoot: NewRoot.OldRoot
    ) throws(HelperFailure) -> Reply {
        try during(.privileges) { () throws(SystemError) in
            try unsafe step.hostname.withCString(for: "sethostname") { (name) throws(SystemError) in
                _ = try check("sethostname", step.hostname) { unsafe stk_sethostname(name, step.hostname.count) }
            }
            try joinFreshKeyring()
            // The command is root as we are; it must not look into this process, whose program is the host's.
            try check("prctl(PR_SET_DUMPABLE)") { stk_set_dumpable(0) }
        }
        ThisProcess.block(Supervisor.forwarded + [SIGCHLD])
        let terminal = try step.terminal.map(StepTerminal.init)
        let command = try during(.command) { () throws(SystemError) in
            try ThisProcess.fork {
                StepCommand(step: step, userNamespace: userNamespace, oldRoot: oldRoot, terminal: terminal).run(reports)
            }
        }
        // Whoever has the other side sees the end of the last process that uses it, and not ours.
        terminal?.close()
        return try during(.command) { () throws(SystemError) in try reap(until: command) }
    }

    /// Keys of the user's session are not for the image's programs.
    private func joinFreshKeyring() throws(SystemError) {
        do throws(SystemError) {
            try check("keyctl(KEYCTL_JOIN_SESSION_KEYRING)") { stk_join_session_keyring() }
        } catch {
            // A kernel without keys has none to share; where a container forbids keyctl(2), or the user has too many
            // keys, the command's own filter still keeps it from all of them.
            guard [.noFunction, .notPermitted, .diskQuotaExceeded].contains(error.errno) else { throw error }
        }
    }

    /// Forwards signals to the command and reaps every orphan until the command itself has ended.
    private func reap(until command: pid_t) throws(SystemError) -> Reply {
        var signals = ThisProcess.set(Supervisor.forwarded + [SIGCHLD])
        while true {
            let number = try check("sigwaitinfo") { unsafe sigwaitinfo(&signals, nil) }
            guard number == SIGCHLD else {
                // The command leads a process group of its own, whose other members should hear it too; until it does,
                // the signal stays pending for the command alone.
                if kill(-command, number) == -1 { _ = kill(command, number) }
                continue
            }
            while true {
                var status: CInt = 0
                let ended = unsafe waitpid(-1, &status, WNOHANG)
                if ended == command { return ProcessEnd(status).reply }
                if ended <= 0 { break }
            }
        }
    }
}
