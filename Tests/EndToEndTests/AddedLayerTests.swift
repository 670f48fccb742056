import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Files that become layers: overlay_dirs, and imports with dest.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct AddedLayerTests {
    private static func histories(_ project: Project, _ tag: String) throws -> [String] {
        let history = try project.configuration(tag)["history"] as? [[String: Any]] ?? []
        return history.filter { $0["empty_layer"] as? Bool != true }.compactMap { $0["created_by"] as? String }
    }

    private static func build(_ project: Project, _ arguments: [ByteString] = []) throws {
        let build = try Program.run(
            Program.built("stacker"), ["build"] + arguments,
            environment: Program.defaultEnvironment + ["SOURCE_DATE_EPOCH=1700000000"], currentDirectory: project.path)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
    }

    @Test func eachIsALayerOfItsOwnThatTheBuildStepSees() throws {
        let project = try Project(
            """
            base:
              from: {type: tar, url: base.tar}
              run: ln -s var/lib /lib && chown 33:34 /var/lib/things && chmod 2770 /var/lib/things
            app:
              from: {type: built, tag: base}
              overlay_dirs:
                - source: tree
                - {source: tree/etc, dest: opt/copy}
              imports:
                - {path: file, dest: /srv/renamed, mode: 0640, uid: 1000, gid: 50}
                - {path: file, dest: /tmp/}
                - {path: tree/etc, dest: /d1, uid: 7}
                - {path: tree/etc/, dest: /d2/}
                - {path: tree/etc, dest: /d3/}
                - {path: file, dest: /lib/things/}
                - seen
              run:
                - "[ $(stat -c %a:%u:%g /srv/renamed) = 640:1000:50 ]"
                - "[ $(cat /opt/copy/conf)$(cat /d1/conf)$(cat /d2/conf)$(cat /d3/etc/conf) = xxxx ]"
                - "[ $(readlink /etc/link) = /nowhere ] && [ -e /tmp/file ] && [ -L /lib ]"
                - "[ $(stat -c %a:%u /tmp) = 1777:0 ] && [ $(stat -c %a:%u:%g /var/lib/things) = 2770:33:34 ]"
                - "[ $(ls /stacker/imports) = seen ]"
                - rm /d1/conf
            """)
        try project.makeBase()
        try project.write("tree/etc/conf", "x")
        try project.write("tree/tmp/in-tmp", "y", mode: 0o600)
        try project.write("file", "f", mode: 0o4755)
        try project.write("seen", "s")
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/tree/etc/link", withDestinationPath: "/nowhere")
        try Self.build(project)
        let layers = try project.layers("app")
        try #require(layers.count == 10)
        #expect(
            try Self.histories(project, "app") == ["stacker build of base"]
                + [String](repeating: "stacker overlay dir for app", count: 8) + ["stacker build of app"])
        let tree = try project.members(layers[1])
        #expect(tree["etc/conf"] == "-rw-r--r-- 0/0" && tree["etc/link"] == "lrwxrwxrwx 0/0", "\(tree)")
        #expect(tree["tmp/"] == "drwxrwxrwt 0/0" && tree["tmp/in-tmp"] == "-rw------- 0/0")
        #expect(try project.members(layers[2])["opt/copy/conf"] == "-rw-r--r-- 0/0")
        #expect(try project.members(layers[3])["srv/renamed"] == "-rw-r----- 1000/50")
        #expect(try project.members(layers[4])["tmp/file"] == "-rwsr-xr-x 0/0")
        let directory = try project.members(layers[5])
        #expect(directory["d1/"]?.hasSuffix(" 7/0") == true && directory["d1/conf"] == "-rw-r--r-- 7/0", "\(directory)")
        let linked = try project.members(layers[8])
        #expect(linked["var/lib/things/"] == "drwxrws--- 33/34" && linked["lib"] == nil, "\(linked)")
        #expect(linked["var/lib/things/file"] == "-rwsr-xr-x 0/0")
        #expect(try project.members(layers[9])["d1/.wh.conf"] != nil)
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/.stacker/imports-copy"))
    }

    @Test func theSameEpochGivesTheSameLayers() throws {
        var seen: Set<[String]> = []
        for _ in 0..<2 {
            let project = try Project(
                """
                app:
                  from: {type: tar, url: base.tar}
                  overlay_dirs: [{source: tree, dest: /var/lib/things}]
                  imports: [{path: tree/a, dest: /b/c}]
                """)
            try project.makeBase()
            try project.write("tree/a", "a")
            try project.write("tree/sub/b", "b")
            try Self.build(project)
            seen.insert(try project.layers("app"))
            let members = try project.members(try project.layers("app")[1])
            #expect(members["var/lib/things/sub/b"] != nil && members["bin/busybox"] == nil, "\(members)")
        }
        #expect(seen.count == 1 && seen.first?.count == 3, "\(seen)")
    }

    @Test(.requiresTool("umoci")) func otherToolsUnpackWhatTheBuildSaw() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              overlay_dirs: [{source: tree}]
              run: cat /var/lib/things/new > /seen && ln /var/lib/things/new /second
            """)
        try project.makeBase()
        try project.write("tree/var/lib/things/new", "added")
        try Self.build(project)
        let umoci =
            Host.isRoot
            ? try project.run("/usr/bin/umoci", "unpack", "--image", "oci:app", "bundle")
            : try project.run("/usr/bin/umoci", "unpack", "--rootless", "--image", "oci:app", "bundle")
        #expect(umoci.exitCode == 0, "\(umoci.stderrText)")
        for name in ["seen", "second", "var/lib/things/new", "var/lib/things/one"] {
            let text = try String(contentsOfFile: "\(project.path)/bundle/rootfs/\(name)", encoding: .utf8)
            #expect(text == (name.hasSuffix("one") ? "one\n" : "added"))
        }
    }

    @Test func onlyWhatChangedIsBuiltAgain() throws {
        let text = """
            maker:
              from: {type: tar, url: base.tar}
              imports: [{path: made, dest: /made}]
              build_only: true
            app:
              from: {type: tar, url: base.tar}
              overlay_dirs: [{source: tree, dest: /src}]
              imports: ["stacker://maker/made"]
              run: cp /stacker/imports/made /copy
            above:
              from: {type: tar, url: base.tar}
              imports: [{path: stacker://app/copy, dest: /again}]
            """
        let project = try Project(text)
        try project.makeBase()
        try project.write("made", "1")
        try project.write("tree/deep/file", "1")
        func build() throws -> [String] {
            let build = try project.stacker("build")
            try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
            return build.stderrText.split(separator: "\n").filter { $0.contains("found cached layer ") }
                .compactMap { $0.split(separator: " ").last.map { String($0) } }
        }
        #expect(try build() == [])
        #expect(try build() == ["maker", "app", "above"])
        // The layers of app are from before the last start of the machine, so to say; above takes a file of them.
        let marked = try project.run("/bin/sh", "-c", "for file in roots/sha256_*/boot-id; do echo x > $file; done")
        try #require(marked.exitCode == 0)
        try project.write("stacker.yaml", text.replacingOccurrences(of: "dest: /again", with: "dest: /new"))
        #expect(try build() == ["maker", "app"])
        try project.write("made", "2")
        #expect(try build() == [])
        #expect(try build() == ["maker", "app", "above"])
    }

    @Test func namesOfOneFileStayNamesOfOneFile() throws {
        let project = try Project("app:\n  from: {type: scratch}\n  overlay_dirs: [{source: tree}]\n")
        try project.write("tree/a/one", "x")
        try #require(try project.run("/bin/sh", "-c", "mkdir tree/b && ln tree/a/one tree/b/two").exitCode == 0)
        try Self.build(project)
        let members = try project.members(try project.layers("app")[0])
        #expect(members["a/one"] == "-rw-r--r-- 0/0" && members["b/two"]?.hasPrefix("h") == true, "\(members)")
    }

    @Test(arguments: [
        ("overlay_dirs: [{source: missing}]", "Given overlay_dir missing doesn't exists"),
        ("overlay_dirs: [{source: file}]", "Given overlay_dir file should be a directory"),
        ("overlay_dirs: [{source: special}]", "pipe is a device, a pipe or a socket"),
        ("overlay_dirs: [{source: tree, dest: /bin/busybox}]", "busybox is not a directory"),
        ("imports: [{path: file, dest: /etc}]", "/etc is a directory in the image"),
        ("imports: [{path: file, dest: /x, uid: 4000000000}]", "is outside the ids this account has"),
    ])
    func whatCannotBeAddedIsAnErrorInWords(_ line: String, _ message: String) throws {
        guard !(Host.isRoot && line.contains("4000000000")) else { return }
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  \(line)\n")
        try project.makeBase()
        try project.write("file", "x")
        try project.write("tree/file", "x")
        try #require(try project.run("/bin/sh", "-c", "mkdir special; mkfifo special/pipe").exitCode == 0)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains(message), "\(build.stderrText)")
        // Nothing is left that a later build could trust.
        let roots = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots")
        #expect(!roots.contains("app+1") && !roots.contains("app"), "\(roots)")
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/.stacker/imports-copy"))
    }

    @Test func layersOfABuildOnlyImageAreThoseOfItsChildren() throws {
        let project = try Project(
            """
            tools:
              from: {type: tar, url: base.tar}
              build_only: true
              overlay_dirs: [{source: tree, dest: /added}]
              imports: [{path: file, dest: /added/}]
            app:
              from: {type: built, tag: tools}
              run: "[ -e /added/sub/b ] && [ -e /added/file ]"
            """)
        try project.makeBase()
        try project.write("tree/sub/b", "b")
        try project.write("file", "x")
        try Self.build(project)
        #expect(
            try Self.histories(project, "app") == [
                "stacker base of tools", "stacker overlay dir for tools", "stacker overlay dir for tools",
            ])
        try Self.build(project)
        let clean = try project.stacker("clean")
        #expect(clean.exitCode == 0 && !clean.stderrText.contains("left"), "\(clean.stderrText)")
    }
}
