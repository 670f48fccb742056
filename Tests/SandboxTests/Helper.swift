import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage
import TestSupport

/// The built stacker-nsexec, started as stacker starts it.
final class Helper {
    static let program: String = {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent("stacker-nsexec").path
    }()

    let process: pid_t
    let channel: OwnedDescriptor
    /// Whose directory it works in, which must not go away before it.
    var owner: Workshop?

    /// Starts it as `user` in `directory` and sends it `operation`, if any, in the name of `parent`.
    ///
    /// `wrapper` comes before the program's name and must end by executing what follows it.
    ///
    /// `inherited` are numbers here; they get the numbers from 5 up there, 4 is the user namespace, 3 the channel.
    init(
        _ operation: Request.Operation?, as user: TestUser, in directory: String = "/",
        userNamespace: CInt? = nil, inherited: [CInt] = [], standardOutput: CInt? = nil,
        wrapper: [String] = [], parent: pid_t? = nil
    ) throws {
        var ends: [CInt] = [-1, -1]
        try check("socketpair") { socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | 0o2000000, 0, &ends) }
        channel = OwnedDescriptor(adopting: ends[0])
        let theirs = OwnedDescriptor(adopting: ends[1])

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Numbers far up first, so that no source is overwritten before it is copied.
        var wanted: [(CInt, CInt)] = [(theirs.raw, 3)]
        if let userNamespace { wanted.append((userNamespace, 4)) }
        for (offset, number) in inherited.enumerated() { wanted.append((number, CInt(5 + offset))) }
        if let standardOutput { wanted.append((standardOutput, 1)) }
        for (source, target) in wanted { posix_spawn_file_actions_adddup2(&actions, source, 200 + target) }
        for (_, target) in wanted { posix_spawn_file_actions_adddup2(&actions, 200 + target, target) }
        for (_, target) in wanted { posix_spawn_file_actions_addclose(&actions, 200 + target) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)

        let words = ["/usr/bin/env", "-C", directory] + wrapper + user.prefix + [Helper.program, "3"]
        var pointers = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var pid: pid_t = 0
        let result = posix_spawn(&pid, "/usr/bin/env", &actions, nil, &pointers, &environment)
        guard result == 0 else { throw SystemError("posix_spawn", errno: Errno(rawValue: result)) }
        process = pid
        guard let operation else { return }
        // A wrapper that stays, as the middle process between us and the helper, is the helper's parent.
        let request = Request(
            parent: parent ?? (wrapper.contains("-stay") ? pid : getpid()),
            userNamespace: userNamespace != nil ? 4 : nil, operation: operation)
        try request.message.send(to: channel)
    }

    func reply() throws -> Reply {
        guard let message = try MessageReader.receive(from: channel) else { throw MalformedMessage("no reply") }
        return try Reply(message)
    }

    /// Closes the channel in both directions, as the death of this process would.
    func hangUp() { shutdown(channel.raw, CInt(SHUT_RDWR)) }

    func exitStatus() throws -> CInt {
        var status: CInt = 0
        try check("waitpid") { waitpid(process, &status, 0) }
        return status
    }
}
