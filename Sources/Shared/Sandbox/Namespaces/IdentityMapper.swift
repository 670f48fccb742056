import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// A child that stays in the parent user namespace and writes, or has written, the maps of a new one.
struct IdentityMapper: ~Copyable {
    private let process: pid_t
    private let start: OwnedDescriptor
    private let outcome: OwnedDescriptor

    /// Who writes.
    enum Writer: Hashable, Sendable {
        /// newuidmap and newgidmap, which may give ids that the caller has no power over.
        case programs
        /// The child itself, which is root of the parent namespace.
        case child
    }

    /// Starts the child, which waits for ``writeMaps()``; `target` is the process whose namespace it will map.
    static func start(
        _ maps: NamespaceMaps, for target: pid_t, by writer: Writer
    ) throws(HelperFailure) -> IdentityMapper {
        do throws(SystemError) {
            let start = try Pipe.make()
            let outcome = try Pipe.make()
            let process = try ThisProcess.fork {
                let written = start.writer.raw
                _ = close(written)
                runChild(maps, target, writer, start: start.reader, outcome: outcome.writer)
            }
            return IdentityMapper(process: process, start: start.writer, outcome: outcome.reader)
        } catch {
            throw HelperFailure(.newUserNamespace, error)
        }
    }

    /// Writes both maps of the target's user namespace, the two at once.
    consuming func writeMaps() throws(HelperFailure) {
        let reply: Reply
        do {
            try start.write([1])
            guard let message = try MessageReader.receive(from: outcome) else { throw MalformedMessage("outcome") }
            reply = try Reply(message)
            _ = try ThisProcess.wait(for: process)
        } catch {
            throw HelperFailure(.mapUsers, call: "newuidmap", detail: Failure(explaining: error).description)
        }
        if case .failed(let failure) = reply { throw failure }
    }

    private static func runChild(
        _ maps: NamespaceMaps, _ target: pid_t, _ writer: Writer, start: borrowing OwnedDescriptor,
        outcome: borrowing OwnedDescriptor
    ) -> Never {
        do {
            try ThisProcess.dieWithParent(holding: start)
            guard try !start.read(upTo: 1).isEmpty else { _exit(1) }
            let reply: Reply
            do throws(HelperFailure) {
                switch writer {
                case .programs: try runPrograms(maps, target)
                case .child:
                    try write(maps.users, to: FilePath("/proc/\(target)/uid_map"), .mapUsers)
                    try write(maps.groups, to: FilePath("/proc/\(target)/gid_map"), .mapGroups)
                }
                reply = .ready
            } catch {
                reply = .failed(error)
            }
            try reply.message.send(to: outcome)
            _exit(0)
        } catch {
            _exit(1)
        }
    }

    private static func runPrograms(_ maps: NamespaceMaps, _ target: pid_t) throws(HelperFailure) {
        // Both are started before either is waited for: each takes a millisecond.
        let users = try MapProgram.start("newuidmap", .mapUsers, target, maps.users)
        let groups = try MapProgram.start("newgidmap", .mapGroups, target, maps.groups)
        let failures = (users.failure(), groups.failure())
        if let failure = failures.0 ?? failures.1 { throw failure }
    }

    /// One write for the whole file, as the kernel wants it (user_namespaces(7)).
    private static func write(
        _ map: [IdentityMap], to path: FilePath, _ stage: HelperFailure.Stage
    ) throws(HelperFailure) {
        let lines = map.map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined()
        try during(stage) { () throws(SystemError) in
            try OwnedDescriptor.open(path, O_WRONLY).write(Array(lines.utf8))
        }
    }
}
