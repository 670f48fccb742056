import CShims
import Diagnostics
import Foundation
import Glibc
@testable import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// The walk that stands for openat2(2) where a filter refuses that call finds what the kernel finds.
@Suite struct PathWalkTests {
    /// A tree of links of all kinds, below which `canary` must never be found.
    private static func tree() throws -> TemporaryDirectory {
        let temporary = try TemporaryDirectory()
        let script = """
            mkdir -p root/a/b/c root/empty canary; echo x > root/a/file; echo y > canary/file
            cd root; mkfifo pipe
            ln -s a to-a; ln -s /a absolute; ln -s ../../canary out; ln -s /../../../canary/file far
            ln -s a/file to-file; ln -s a/file/ to-file-slash; ln -s loop loop; ln -s two one; ln -s one two
            ln -s nowhere broken; ln -s /proc/self/root magic; ln -s . here; ln -s b/c a/in; ln -s ../.. a/b/up
            ln -s a/ to-a-slash; ln -s to-a/b/up/to-a chain; ln -s '' none 2>/dev/null || :
            n=0; ln -s a l0; while [ $n -lt 45 ]; do ln -s l$n l$((n+1)); n=$((n+1)); done
            """
        let made = try Program.run("/bin/sh", ["-ec", ByteString(script)], currentDirectory: temporary.path)
        guard made.exitCode == 0 else { throw Failure(made.stderrText) }
        return temporary
    }

    private static let paths = [
        "a", "a/", "a/.", "a/..", "a/../a/b", ".", "..", "../..", "/", "//", "/a", "//a//b", "./a/./b/.", "a/file",
        "a/file/", "a/file/.", "a/file/x", "pipe", "empty/../a", "to-a", "to-a/", "to-a/b", "absolute/b", "out",
        "out/file",
        "far", "to-file", "to-file/", "to-file-slash", "loop", "loop/x", "one", "broken", "broken/x", "missing",
        "missing/x",
        "here/here/a", "a/in", "a/in/..", "a/b/up", "a/b/up/to-a/in", "a/b/up/../../../canary/file", "to-a-slash",
        "to-a-slash/file", "chain", "chain/b/c", "../canary/file", "a/../../canary/file", "l39", "l40", "l41", "l45",
        "",
        "magic/etc", "a\u{0301}", "\u{0301}/etc",
    ]

    private enum Found: Hashable {
        case file(inode: UInt64, kind: String)
        case error(Int32)
    }

    private func found(_ open: () throws(SystemError) -> OwnedDescriptor) -> Found {
        do throws(SystemError) {
            let status = try open().status()
            return .file(inode: status.inode, kind: "\(status.kind)")
        } catch {
            return .error(error.errno.rawValue)
        }
    }

    @Test(arguments: [PathResolution.inRoot, .noSymbolicLinks])
    func findsWhatTheKernelFinds(_ resolution: PathResolution) throws {
        let temporary = try Self.tree()
        let root = try OwnedDescriptor.open(directory: temporary.path.appending("root"))
        for path in Self.paths {
            for flags in [stk_o_path, stk_o_path | O_DIRECTORY, stk_o_path | O_NOFOLLOW] {
                let path = ByteString(path)
                let kernel = found { () throws(SystemError) in
                    try OwnedDescriptor.open(path, in: root, flags, resolving: resolution)
                }
                let walk = found { () throws(SystemError) in
                    try PathWalk(root, resolution).open(path, flags, mode: 0)
                }
                #expect(walk == kernel, "\(path) with flags \(flags)")
            }
        }
    }

    @Test func makesFilesWhereTheKernelWould() throws {
        let temporary = try Self.tree()
        let root = try OwnedDescriptor.open(directory: temporary.path.appending("root"))
        for (path, errno) in [
            ("new", nil), ("to-a/new", nil), ("absolute/b/new", nil), ("a/file", EEXIST), ("broken", EEXIST),
            ("loop", EEXIST),
            ("missing/new", ENOENT),
        ] as [(ByteString, Int32?)] {
            let result = found { () throws(SystemError) in
                try PathWalk(root, .inRoot).open(path, O_CREAT | O_EXCL | O_WRONLY, mode: 0o600)
            }
            if let errno {
                #expect(result == .error(errno), "\(path)")
            } else if case .error = result {
                Issue.record("\(path): \(result)")
            }
        }
        let made = try Program.run("/usr/bin/find", [".", "-name", "new"], currentDirectory: temporary.path)
        #expect(Set(made.stdoutText.split(separator: "\n")) == ["./root/new", "./root/a/new", "./root/a/b/new"])
    }

    /// Links of procfs lead to what they name, wherever that is.
    @Test func takesNoLinkOfProcfs() throws {
        let root = try OwnedDescriptor.open(directory: "/proc")
        for path in ["self/root/etc", "self/cwd", "self/fd/0", "self/exe"] as [ByteString] {
            let result = found { () throws(SystemError) in try PathWalk(root, .inRoot).open(path, stk_o_path, mode: 0) }
            #expect(result == .error(ELOOP), "\(path)")
        }
    }
}
