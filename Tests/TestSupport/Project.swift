public import Diagnostics
import Foundation
import Glibc
public import SystemPackage

/// A directory with a stacker.yaml, as a user has one.
///
/// Removed at the end through `stacker clean`, because the files of a build belong to subordinate ids; kept when
/// `STACKER_KEEP_TEST_DIRECTORIES` is set.
public final class Project: Sendable {
    public let path: FilePath

    public init(_ stackerfile: String = "") throws {
        var template = Array("/tmp/stacker-project.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(platformString: template)
        if !stackerfile.isEmpty { try write("stacker.yaml", stackerfile) }
    }

    deinit {
        guard getenv("STACKER_KEEP_TEST_DIRECTORIES") == nil else { return }
        // A test may have made the project unusable on purpose; what is left then is in /tmp, for the system to remove.
        _ = try? stacker("clean")
        try? FileManager.default.removeItem(atPath: path.string)
    }

    public func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws {
        let file = path.appending(name)
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file.string))
        guard chmod(file.string, mode) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Runs stacker in the project.
    public func stacker(_ arguments: ByteString..., environment: [ByteString] = []) throws -> Program {
        try Program.run(
            Program.built("stacker"), arguments, environment: Program.defaultEnvironment + environment,
            currentDirectory: path)
    }

    /// Runs another program in the project.
    public func run(_ program: FilePath, _ arguments: ByteString...) throws -> Program {
        try Program.run(program, arguments, currentDirectory: path)
    }

    /// Makes `base.tar`, a root file system of the distribution's static busybox, with these modification times: 0.
    ///
    /// `applets` are programs of busybox that it has beside the usual ones.
    public func makeBase(_ name: String = "base.tar", adding applets: [String] = []) throws {
        let script = """
            set -e
            rm -rf base; mkdir -p base/bin base/etc base/tmp base/var/lib/things base/home
            cp /bin/busybox base/bin/busybox
            for applet in sh ls cat cp mv rm rmdir mkdir ln chmod chown touch echo id stat find grep sleep kill \\
                env pwd readlink test true false head wc tr sort mknod mkfifo hostname \(applets.joined(separator: " ")); do
                ln -s busybox base/bin/$applet
            done
            printf 'root:x:0:0:root:/root:/bin/sh\\n' >base/etc/passwd
            printf 'root:x:0:\\n' >base/etc/group
            echo one >base/var/lib/things/one; echo two >base/var/lib/things/two
            chmod 1777 base/tmp
            tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf \(name) -C base .
            rm -rf base
            """
        let made = try run("/bin/sh", "-c", ByteString(script))
        guard made.exitCode == 0 else { throw Failure("cannot make the base: \(made.stderrText)") }
    }
}
