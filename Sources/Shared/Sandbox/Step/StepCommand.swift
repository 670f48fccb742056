import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// The process that becomes the command of a build step.
struct StepCommand {
    let step: Step
    let userNamespace: UserNamespace

    /// A failure goes to `reports`; success closes it.
    func run(_ reports: borrowing OwnedDescriptor) -> Never {
        let failure: HelperFailure
        do throws(HelperFailure) {
            try enterWorkingDirectory()
            try prepareSession()
            try CommandPrivileges.apply(in: userNamespace)
            failure = try execute(reports)
        } catch {
            failure = error
        }
        // Where even this fails, process 1 reports our exit status.
        try? Report.ended(.failed(failure)).send(to: reports)
        _exit(127)
    }

    private func enterWorkingDirectory() throws(HelperFailure) {
        let path = step.workingDirectory
        try during(.command) { () throws(SystemError) in
            let root = try OwnedDescriptor.open(directory: "/")
            let directory = try OwnedDescriptor.open(path, in: root, O_DIRECTORY | stk_o_path)
            let raw = directory.raw
            try check("fchdir", path) { fchdir(raw) }
            // A directory outside of the new root would show here, whatever led to it (CVE-2024-21626).
            guard try ThisProcess.workingDirectory().first == 0x2f else {
                throw SystemError("getcwd", path, errno: .noSuchFileOrDirectory)
            }
        }
    }

    private func prepareSession() throws(HelperFailure) {
        try during(.command) { () throws(SystemError) in
            try check("setsid") { setsid() }
            // A terminal that the frontend made for this command is given to it; the user's own terminal belongs to
            // another session, and the kernel says so.
            if isatty(0) == 1 { _ = stk_take_terminal(0) }
        }
    }

    private func execute(_ reports: borrowing OwnedDescriptor) throws(HelperFailure) -> HelperFailure {
        let raw = reports.raw
        guard let program = step.arguments.first, program.bytes.first == 0x2f else {
            return HelperFailure(.command, call: "execve", path: step.arguments.first, errno: ENOENT)
        }
        return try during(.command) { () throws(SystemError) in
            let arguments = try ArgumentVector(step.arguments)
            let environment = try ArgumentVector(step.environment)
            ThisProcess.resetSignals()
            try ThisProcess.closeAll(except: [raw])
            return HelperFailure(.command, ArgumentVector.execute(program, arguments, environment))
        }
    }
}
