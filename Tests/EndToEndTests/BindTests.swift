import Diagnostics
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Files and directories of the host in a build step.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct BindTests {
    @Test func aDirectoryIsWritableAndNothingOfItIsInTheImage() throws {
        let project = try Project(
            """
            bind-test:
              from: {type: tar, url: base.tar}
              binds: ["data -> /mnt/data", {source: data/file, dest: /opt/file}]
              run:
                - cat /mnt/data/file
                - echo more >> /opt/file
                - touch /mnt/data/made && chmod 4711 /mnt/data/made
                - echo kept > /kept
            """)
        try project.makeBase()
        try project.write("data/file", "from the host\n")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(build.stderrText.hasSuffix("filesystem bind-test built successfully\n"))
        #expect(build.stdoutText.contains("from the host\n"))
        #expect(try String(contentsOfFile: "\(project.path)/data/file", encoding: .utf8) == "from the host\nmore\n")
        var status = stat()
        #expect(stat("\(project.path)/data/made", &status) == 0)
        #expect(status.st_uid == getuid() && status.st_mode & 0o7777 == 0o4711)
        let members = try project.members(try project.layers("bind-test").last ?? "")
        #expect(members["kept"] != nil && members["mnt/"] == nil && members["opt/"] == nil, "\(members.keys)")
    }

    @Test func aSourceMayBeALinkAFileOrASocket() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              binds: [link -> /link, "socket -> /run/socket", "directory-link -> /d"]
              run:
                - cat /link
                - "[ -S /run/socket ] && [ ! -L /link ] && [ -f /d/inside ]"
            """)
        try project.makeBase()
        try project.write("target", "through the link\n")
        try project.write("directory/inside", "")
        let made = try project.run(
            "/bin/sh", "-c",
            """
            ln -s target link; ln -s directory directory-link
            python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
            """)
        try #require(made.exitCode == 0, "\(made.stderrText)")
        let build = try project.stacker("build")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(build.stdoutText.contains("through the link\n"))
    }

    @Test(arguments: ["", "  run: echo x > /x\n"])
    func aMissingSourceStopsTheImageWhetherItRunsOrNot(_ run: String) throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  binds: [nowhere -> /mnt]\n" + run)
        try project.makeBase()
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains(
                "failed to bind mount \"\(project.path)/nowhere\" at \"/mnt\": \(project.path)/nowhere does not exist, "
                    + "refusing bind mount"), "\(build.stderrText)")
    }

    /// The image decides what a name in it leads to, but not to what stacker mounts (CVE-2019-16884).
    @Test func aLinkOfTheImageLeadsNoBindOntoProcOrSys() throws {
        for target in ["/proc", "/proc/sys/kernel", "/sys/kernel"] {
            let project = try Project(
                """
                base:
                  from: {type: tar, url: base.tar}
                  run: ln -s \(target) /link
                app:
                  from: {type: built, tag: base}
                  binds: ["data -> /link"]
                  run: echo ran
                """)
            try project.makeBase()
            try project.write("data/x", "")
            let build = try project.stacker("build")
            #expect(build.exitCode == 1, "\(target)")
            #expect(
                build.stderrText.contains("failed to bind mount \"\(project.path)/data\" at \"/link\""),
                "\(build.stderrText)")
            #expect(!build.stdoutText.contains("ran"))
        }
    }

    @Test func aPlaceThatIsAFileForADirectoryIsNamed() throws {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  binds: [data -> /bin/busybox]\n  run: echo ran\n")
        try project.makeBase()
        try project.write("data/x", "")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains("at \"/bin/busybox\": mount /bin/busybox: Not a directory"),
            "\(build.stderrText)")
    }
}
