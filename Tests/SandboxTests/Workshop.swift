import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage
import Testing

/// A roots directory of one user with a busybox layer in it, and the user's namespace held open.
final class Workshop {
    let user: TestUser
    let path: String
    private let namespace: CInt?

    init(_ user: TestUser, in parent: String = "/tmp") throws {
        self.user = user
        var template = Array("\(parent)/stacker-sandbox.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp", errno: Errno(rawValue: errno)) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard chown(path, user.uid, user.gid) == 0 else { throw SystemError("chown", errno: Errno(rawValue: errno)) }
        namespace = user.needsUserNamespace ? try Self.makeNamespace(user).release() : nil
        try run("mkdir -m 755 base base/bin upper work root && cp /bin/busybox base/bin/")
        for name in Self.programs {
            symlink("busybox", "\(path)/base/bin/\(name)")
            lchown("\(path)/base/bin/\(name)", user.uid, user.gid)
        }
    }

    /// What busybox can be called as.
    private static let programs = [
        "awk", "cat", "chmod", "chown", "cut", "echo", "find", "grep", "head", "hostname", "id", "kill", "ls", "mkdir",
        "mknod", "mount", "mv", "ps", "pwd", "readlink", "rm", "sed", "sh", "sleep", "sort", "stat", "touch", "tr",
        "true", "umount", "uniq", "unshare", "wc",
    ]

    deinit {
        defer { if let namespace { close(namespace) } }
        if getenv("STACKER_KEEP_TEST_DIRECTORIES") != nil { return }
        // Files of subordinate ids are out of this process's reach, but not out of the helper's.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let helper = try? Helper(
            .removeTrees(names.map { ByteString($0) }), as: user, in: path, userNamespace: namespace)
        _ = try? helper?.reply()
        _ = try? helper?.exitStatus()
        rmdir(path)
    }

    static func makeNamespace(_ user: TestUser) throws -> OwnedDescriptor {
        let holder = try Helper(.holdNamespace(user.maps), as: user)
        let reply = try holder.reply()
        guard reply == .ready else { throw MalformedMessage("\(reply)") }
        let namespace = try OwnedDescriptor.open(FilePath("/proc/\(holder.process)/ns/user"))
        holder.hangUp()
        let status = try holder.exitStatus()
        guard status == 0 else { throw MalformedMessage("holder ended with \(status)") }
        return namespace
    }

    /// Runs a shell command in the workshop with its user's rights; its output.
    @discardableResult
    func run(_ command: String) throws -> String {
        let process = Process()
        let words = user.prefix + ["/bin/sh", "-ec", "cd \(path); \(command)"]
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw MalformedMessage("\(command): \(process.terminationStatus)") }
        return String(decoding: data, as: UTF8.self)
    }

    func step(_ script: String, layers: [ByteString] = ["base"], binds: [Step.Bind] = []) -> Step {
        Step(
            layers: layers, upper: "upper", work: "work", root: "root", binds: binds,
            arguments: ["/bin/sh", "-ec", ByteString(script)], environment: ["PATH=/bin"])
    }

    struct Result { var reply: Reply; var output: String }

    /// Starts one operation; its output goes where the test's goes.
    ///
    /// With `below`, another process stands between the test and the helper, and is the one whose death counts.
    func start(
        _ operation: Request.Operation, in directory: String = ".", below: Bool = false
    ) throws -> Helper {
        // Not exec: the shell has something to do after it.
        let middle = ["/bin/sh", "-c", "\"$@\"; exit $?", "-stay"]
        let helper = try Helper(
            operation, as: user, in: "\(path)/\(directory)", userNamespace: namespace, wrapper: below ? middle : [])
        helper.owner = self
        return helper
    }

    /// Runs one operation to its end, in a mount namespace where `command` was run before.
    func perform(
        _ operation: Request.Operation, inherited: [CInt] = [], after command: String? = nil
    ) throws -> Result {
        let output = Pipe()
        let wrapper = command.map { ["/usr/bin/unshare", "-m", "/bin/sh", "-ec", "\($0); exec \"$@\"", "sh"] }
        let helper = try Helper(
            operation, as: user, in: path, userNamespace: namespace, inherited: inherited,
            standardOutput: output.fileHandleForWriting.fileDescriptor, wrapper: wrapper ?? [])
        try output.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let reply = try helper.reply()
        let status = try helper.exitStatus()
        if case .failed = reply { #expect(status == 71 << 8) } else { #expect(status == 0) }
        return Result(reply: reply, output: String(decoding: data, as: UTF8.self))
    }

    /// Makes the scratch directory anew, which the kernel refuses to use twice.
    func renew() throws { try run("chmod -R u+rwx work; rm -rf work; mkdir work") }

    /// Runs a script in a fresh step; its output.
    func succeed(_ script: String, layers: [ByteString] = ["base"], binds: [Step.Bind] = []) throws -> String {
        try renew()
        let result = try perform(.step(step(script, layers: layers, binds: binds)))
        #expect(result.reply == .exited(0), "\(result.output)")
        return result.output
    }
}
