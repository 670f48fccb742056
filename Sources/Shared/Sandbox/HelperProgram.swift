import CShims
public import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// All of stacker-nsexec: reads one request from the channel that its one argument names, does it, replies.
public enum HelperProgram {
    static let name = "stacker-nsexec"

    /// - Returns: `usage` when started by hand, `badRequest` for a request that cannot be read, `systemError` when the
    ///   reply said that it failed.
    public static func run(arguments: [String]) -> ExitCode {
        openStandardDescriptors()
        guard stk_auxiliary_secure() == 0, geteuid() == getuid(), getegid() == getgid() else {
            StandardError.print(
                name, "refuses to run with raised privileges: take the setuid bit or capabilities off it")
            return .usage
        }
        if arguments.dropFirst() == ["--version"] {
            let line = Array("\(name) \(Version.current)\n".utf8)
            let written = unsafe line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            return written == line.count ? .success : .failure
        }
        guard arguments.count == 2, let number = descriptorNumber(arguments[1]), isSocket(number) else {
            StandardError.print(name, "internal helper of stacker; not meant to be run by hand")
            return .usage
        }
        return serve(OwnedDescriptor(adopting: number))
    }

    private static func serve(_ channel: consuming OwnedDescriptor) -> ExitCode {
        // A frontend that is gone must not turn the reply into a death by signal before everything is cleaned up.
        signal(SIGPIPE, SIG_IGN)
        let request: Request
        do {
            try ThisProcess.dieWithParent()
            guard let message = try MessageReader.receive(from: channel) else { return .badRequest }
            request = try Request(message)
        } catch {
            StandardError.print(name, Failure(explaining: error))
            return .badRequest
        }
        guard isAlive(request.parent, channel) else { return .failure }
        do throws(HelperFailure) {
            try closeForeignDescriptors(request, channel: channel.raw)
            let reply = try Operations.perform(request, channel)
            if let reply { send(reply, channel) }
            return .success
        } catch {
            send(.failed(error), channel)
            return .systemError
        }
    }

    /// A reply that nobody waits for any more is no failure of the operation.
    private static func send(_ reply: Reply, _ channel: borrowing OwnedDescriptor) {
        do throws(SystemError) {
            try reply.message.send(to: channel)
        } catch {
            if error.errno != .brokenPipe { StandardError.print(name, error) }
        }
    }

    /// Whether the process that asked still is our parent; from another pid namespace its id reads 0.
    private static func isAlive(_ parent: Int32, _ channel: borrowing OwnedDescriptor) -> Bool {
        let actual = getppid()
        return actual == parent || (actual == 0 && !ThisProcess.isHungUp(channel))
    }

    /// Only what the request names may reach a child, by whatever way it was inherited.
    private static func closeForeignDescriptors(_ request: Request, channel: CInt) throws(HelperFailure) {
        var kept: [CInt] = [channel]
        if let namespace = request.userNamespace { kept.append(namespace) }
        switch request.operation {
        case .jail(let program): kept += program.descriptors
        case .step(let step): kept += step.terminal.map { [$0.socket] } ?? []
        case .holdNamespace, .removeTrees, .measureTrees, .probe: break
        }
        guard kept.allSatisfy({ $0 >= 3 && fcntl($0, F_GETFD) != -1 }), Set(kept).count == kept.count else {
            throw HelperFailure(.request, call: "fcntl", errno: EBADF, detail: "descriptors that are not open")
        }
        try during(.request) { () throws(SystemError) in
            try ThisProcess.closeAll(except: kept)
            for descriptor in kept { try check("fcntl") { fcntl(descriptor, F_SETFD, FD_CLOEXEC) } }
        }
    }

    /// A file opened later must never become somebody's standard output.
    private static func openStandardDescriptors() {
        for number in 0...2 where fcntl(CInt(number), F_GETFD) == -1 {
            if unsafe stk_openat(AT_FDCWD, "/dev/null", O_RDWR, 0) == -1 { _exit(ExitCode.systemError.rawValue) }
        }
    }

    /// Decimal, no sign, no leading zero, above the standard descriptors.
    static func descriptorNumber(_ text: String) -> CInt? {
        guard let first = text.utf8.first, first != 0x30, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return CInt(text).flatMap { $0 > 2 ? $0 : nil }
    }

    private static func isSocket(_ descriptor: CInt) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }
}
