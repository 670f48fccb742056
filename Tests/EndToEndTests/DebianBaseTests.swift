import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What people do with a distribution's base, by an ordinary user and by root, judged by programs that are not ours.
@Suite(
    .requiresRoot, .requiresOrdinaryUser, .requiresDebianBase, .requiresTool("dpkg-deb"), .requiresTool("umoci"),
    .requiresTool("crun"), .requiresTool("cc"))
struct DebianBaseTests {
    private static let epoch: ByteString = "SOURCE_DATE_EPOCH=1700000000"

    /// Three images, one upon the other; each keeps a list of all its files as the step saw them at its end.
    private static let stackerfile = #"""
        base:
          from: {type: tar, url: debian-base.tar}
          imports: [list-tree]
          run: |
            mkdir -p /srv/many /srv/swap/inner /srv/back /srv/gone/deep
            (cd /srv/many && seq -f 'file number %g' 1 1000 | tr '\n' '\0' | xargs -0 touch)
            echo inner > /srv/swap/inner/file
            echo link > /srv/back/one && ln /srv/back/one /srv/back/two
            echo gone > /srv/gone/deep/file
            /stacker/imports/list-tree / > /dev/shm/list && mv /dev/shm/list /seen.list
        app:
          from: {type: built, tag: base}
          imports: [list-tree, greeter.deb]
          run:
            - apt-get install -y /stacker/imports/greeter.deb
            - useradd --system --create-home --home-dir /var/lib/service --shell /usr/sbin/nologin service
            - echo state > /var/lib/service/state && chown -R service:service /var/lib/service
            - cp /bin/cat /usr/local/bin/low-ports && setcap cap_net_bind_service=+ep /usr/local/bin/low-ports
            - cp /bin/true /usr/local/bin/become && chown service:staff /usr/local/bin/become && chmod 6755 /usr/local/bin/become
            - mkdir /srv/names && cd /srv/names
            - echo latin > "$(printf 'caf\351')" && mkdir "$(printf '\377\376')" && ln -s "$(printf 'caf\351')" "$(printf '\200 link')"
            - printf x > 'back\slash' && echo x > "$(printf 'line\nbreak')" && setfattr -n user.note -v "$(printf 'n\303\266')" 'back\slash'
            - mkfifo pipe && truncate -s 3M sparse && echo end >> sparse && mkdir -m 1777 sticky && chmod 0 'back\slash'
            - rm -r /srv/many && mkdir /srv/many && touch "/srv/many/file number 7" && rm /srv/gone/deep/file
            - rm -r /srv/swap && echo now a file > /srv/swap
            - chmod 600 /srv/back/two && touch -d '2001-02-03 04:05:06' /srv/back/one
            - find /bin /usr/bin -perm -4000 -newer /etc/debian_version | xargs -r ls -l
            - rm -rf /var/log/dpkg.log /var/log/apt /var/log/alternatives.log /var/cache/apt/*.bin /var/cache/ldconfig/aux-cache
            - /stacker/imports/list-tree / > /dev/shm/list && mv /dev/shm/list /seen.list
        last:
          from: {type: built, tag: app}
          imports: [list-tree]
          run:
            - rm /srv/swap && mkdir /srv/swap && echo back > /srv/swap/file
            - dpkg --purge greeter
            - rm /srv/names/caf* && mv /srv/gone /srv/moved && rm /srv/back/one
            - rm -f /var/log/dpkg.log /var/cache/ldconfig/aux-cache
            - /stacker/imports/list-tree / > /dev/shm/list && mv /dev/shm/list /seen.list
          cmd: [/bin/sh, -c, "id -un; stat -c '%n %U %a' /var/lib/service/state /usr/local/bin/become; ls /srv/swap"]
        """#

    @Test func anImageOfAnOrdinaryUserIsWhatTheBuildSawAndWhatRootWouldHaveBuilt() throws {
        let byUser = try Self.project()
        try OrdinaryUser.own(byUser)
        let stacker = Program.built("stacker")
        let user = try OrdinaryUser.run(stacker, ["build"], in: byUser, environment: [Self.epoch])
        defer { _ = try? OrdinaryUser.run(stacker, ["clean"], in: byUser) }
        try #require(user.exitCode == 0, "\(user.stderrText)\(user.stdoutText)")
        for tag in ["base", "app", "last"] { try Self.expectTheImageIsWhatTheBuildSaw(tag, byUser) }

        // A runtime that knows nothing of stacker starts it, for the same user.
        let run = try OrdinaryUser.run(Checkout.path.appending("scripts/run-image"), ["oci:last"], in: byUser)
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(run.stdoutText.contains("\nroot\n/var/lib/service/state "), "\(run.stdoutText)")
        #expect(run.stdoutText.hasSuffix(" 6755\nfile\n"), "\(run.stdoutText)")

        let byRoot = try Self.project()
        let root = try Program.run(
            stacker, ["build"], environment: Program.defaultEnvironment + [Self.epoch],
            currentDirectory: byRoot.path, timeLimit: .seconds(400))
        try #require(root.exitCode == 0, "\(root.stderrText)\(root.stdoutText)")
        for tag in ["base", "app", "last"] {
            let differences = try Self.differences(byUser, byRoot, tag)
            #expect(try byUser.layers(tag) == byRoot.layers(tag), "\(tag): \(differences)")
        }
    }

    private static func project() throws -> Project {
        let project = try Project(stackerfile)
        try project.compile("list-tree")
        try project.write(
            "greeter/DEBIAN/control",
            """
            Package: greeter
            Version: 1.0
            Architecture: all
            Maintainer: Nobody <nobody@example.org>
            Description: says hello

            """)
        try project.write("greeter/DEBIAN/postinst", "#!/bin/sh\necho installed > /var/lib/greeter\n", mode: 0o755)
        try project.write("greeter/usr/bin/greeter", "#!/bin/sh\necho hello\n", mode: 0o755)
        let made = try project.run("/usr/bin/dpkg-deb", "--root-owner-group", "--build", "greeter", "greeter.deb")
        try #require(made.exitCode == 0, "\(made.stderrText)")
        try #require(
            try project.run("/bin/cp", ByteString(Host.debianBase.string), "debian-base.tar").exitCode == 0)
        return project
    }

    /// umoci unpacks the image as root; then every file of it is what the list says that the step made.
    private static func expectTheImageIsWhatTheBuildSaw(_ tag: String, _ project: Project) throws {
        let bundle = "bundle-\(tag)"
        let unpack = try project.run(
            "/usr/bin/umoci", "unpack", "--image", ByteString("oci:\(tag)"), ByteString(bundle))
        try #require(unpack.exitCode == 0, "\(unpack.stderrText)")
        defer { _ = try? project.run("/bin/rm", "-rf", ByteString(bundle)) }
        let listing = try Program.run(
            project.path.appending("list-tree"), [ByteString("\(bundle)/rootfs")],
            environment: Program.defaultEnvironment + [epoch], currentDirectory: project.path)
        try #require(listing.exitCode == 0, "\(listing.stderrText)")
        let unpacked = Self.comparable(listing.stdout.bytes.split(separator: 0x0a).map { ByteString(Array($0)) })
        let seen = Self.comparable(try project.lines("\(bundle)/rootfs/seen.list"))
        #expect(seen.count > 3000)
        let missing = seen.subtracting(unpacked).sorted { $0.description < $1.description }
        let extra = unpacked.subtracting(seen).sorted { $0.description < $1.description }
        #expect(missing.isEmpty && extra.isEmpty, "\(tag): seen \(missing.prefix(20)), unpacked \(extra.prefix(20))")
    }

    /// Without what only one side has: places where something was mounted, the list, and the root directory, whose time the
    /// mount points changed while the step ran.
    private static func comparable(_ lines: [ByteString]) -> Set<ByteString> {
        let left = ["./proc", "./sys", "./dev", "./stacker", "./etc/resolv.conf", "./seen.list", "."]
        return Set(
            lines.filter { line in
                let name = ByteString(Array(line.bytes.prefix { $0 != 0x20 }))
                return !left.contains { name == ByteString($0) || name.bytes.starts(with: "./stacker/".utf8) }
            })
    }

    /// For a failure: what tar lists of the layers that differ.
    private static func differences(_ one: Project, _ other: Project, _ tag: String) throws -> [String] {
        var found: [String] = []
        for (a, b) in zip(try one.layers(tag), try other.layers(tag)) where a != b {
            let (left, right) = (try one.members(a), try other.members(b))
            for name in Set(left.keys).union(right.keys).sorted() where left[name] != right[name] {
                found.append("\(name): \(left[name] ?? "none"), root: \(right[name] ?? "none")")
            }
        }
        return Array(found.prefix(20))
    }
}
