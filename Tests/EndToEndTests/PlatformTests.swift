import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Images for another machine than this one.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct PlatformTests {
    /// Without anything to run, any platform is possible.
    @Test func theImageSaysWhatItIsFor() throws {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  os: windows\n  arch: arm64\n"
                + "plain:\n  from: {type: built, tag: app}\n")
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)")
        let app = try project.configuration("app")
        #expect(app["os"] as? String == "windows" && app["architecture"] as? String == "arm64")
        let plain = try project.configuration("plain")
        #expect(plain["os"] as? String == "linux" && plain["architecture"] as? String != "s390x")
        #expect(plain["variant"] == nil)
    }

    /// Of an architecture that no test registers anything for.
    @Test(arguments: [
        ("arch: s390x\n  run: 'true'", ["this machine has nothing that runs programs for linux/s390x", "hint: "]),
        ("os: plan9\n  run: 'true'", ["programs for plan9 cannot be run on Linux"]),
        ("arch: pdp11\n  run: 'true'", ["\"pdp11\" is no architecture"]),
    ])
    func programsOfOthersAreRefusedBeforeAnythingIsBuilt(_ keys: String, _ messages: [String]) throws {
        let project = try Project(
            "first:\n  from: {type: tar, url: base.tar}\napp:\n  from: {type: built, tag: first}\n  \(keys)\n")
        try project.makeBase()
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        for message in messages { #expect(build.stderrText.contains(message), "\(build.stderrText)") }
        #expect(build.stderrText.contains("cannot build \"app\""))
        #expect(!build.stderrText.contains("preparing image"), "\(build.stderrText)")
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/.stacker")
        #expect(!left.contains("foreign-program"), "\(left)")
    }

    /// A program of another machine, and this machine's emulator for it, which the test registers and takes away.
    @Test(.requiresRoot, .requiresTool("qemu-riscv64-static")) func programsOfOthersRunWhereTheKernelHasAnEmulator()
        throws
    {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  arch: riscv64\n  run: \"#!/program\"\n")
        // exit(7) in the machine code of riscv64, as the only segment of a program.
        let made = try project.run(
            "/usr/bin/python3", "-c",
            ByteString(
                """
                import struct, os
                code = struct.pack('<III', 0x00700513, 0x05d00893, 0x00000073)
                head = b'\\x7fELF\\x02\\x01\\x01' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 243, 1, 0x10078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
                segment = struct.pack('<IIQQQQQQ', 1, 5, 0, 0x10000, 0x10000, 132, 132, 4096)
                open('program', 'wb').write(head + segment + code)
                os.chmod('program', 0o755)
                """)
        )
        try #require(made.exitCode == 0, "\(made.stderrText)")
        try #require(try project.run("/usr/bin/tar", "-cf", "base.tar", "program").exitCode == 0)
        let name = "stackertest\(getpid())"
        let build = try project.run(
            "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
            ByteString(
                """
                mkdir formats && mount -t binfmt_misc none formats || exit 99
                printf '%s' ':\(name):M::\(Self.magic):\(Self.mask):/usr/bin/qemu-riscv64-static:F' \
                    > formats/register || exit 98
                '\(Program.built("stacker"))' build --compression none 2> hidden
                mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
                '\(Program.built("stacker"))' build
                status=$?
                echo -1 > formats/\(name)
                umount formats && rmdir formats
                exit $status
                """))
        #expect(build.exitCode == 1, "\(build.stderrText)")
        // The program ran, for its own status is what comes back; also where the list of emulators is not to be seen.
        #expect(build.stderrText.contains("exit status 7"), "\(build.stderrText)")
        let hidden = try String(contentsOfFile: "\(project.path)/hidden", encoding: .utf8)
        #expect(hidden.contains("exit status 7"), "\(hidden)")
    }

    private static let magic =
        "\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xf3\\x00"
    private static let mask =
        "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff"
}
