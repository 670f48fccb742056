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
    let oldRoot: NewRoot.OldRoot
    let terminal: StepTerminal?

    /// A failure goes to `reports`; success closes it.
    func run(_ reports: borrowing OwnedDescriptor) -> Never {
        let failure: HelperFailure
        do throws(HelperFailure) {
            try enterWorkingDirectory()
            try prepareSession()
            try CommandPrivileges.apply(in: userNamespace, oldRoot)
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
            // The user's own terminal belongs to another session, whatever descriptors the command has.
            try terminal?.take()
        }
    }

    private func execute(_ reports: borrowing OwnedDescriptor) throws(HelperFailure) -> HelperFailure {
        let raw = reports.raw
        return try during(.command) { () throws(SystemError) in
            let arguments = try ArgumentVector(step.arguments)
            let environment = try ArgumentVector(step.environment)
            ThisProcess.resetSignals()
            try ThisProcess.closeAll(except: [raw])
            return executeFirst(arguments, environment)
        }
    }

    /// Tries the places where the command may be; returns only to say why none of them could be executed.
    private func executeFirst(_ arguments: ArgumentVector, _ environment: ArgumentVector) -> HelperFailure {
        let name = step.arguments.first ?? ""
        var failure = HelperFailure(.command, call: "execve", path: name, errno: ENOENT)
        for place in places(of: name) {
            let error = ArgumentVector.execute(place, arguments, environment)
            // As a shell does: what is there and cannot be executed says more than what is not there.
            let isAbsent = error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory
            if isAbsent, place != name { continue }
            failure.errno = error.errno.rawValue
            guard error.errno == .permissionDenied, place != name else { break }
        }
        return failure
    }

    /// Where a command without a slash in its name is looked for: the directories of `PATH`.
    private func places(of name: ByteString) -> [ByteString] {
        if name.isEmpty || name.bytes.contains(0x2f) { return [name] }
        let key = Array("PATH=".utf8)
        let path = step.environment.first { $0.bytes.starts(with: key) }?.bytes.dropFirst(key.count) ?? []
        return path.split(separator: 0x3a).map { ByteString(Array($0) + [0x2f] + name.bytes) }
    }
}
