import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct BuildTests {
    /// A user, a setuid file, deletions: what people look at first when an image was not built by root.
    @Test func ownersModesAndWhiteoutsAreThoseOfABuildByRoot() throws {
        let project = try Project(
            """
            base:
              from: {type: tar, url: base.tar}
              run: echo web:x:33:33::/home/web:/bin/sh >> /etc/passwd && mkdir /home/web && chown 33:33 /home/web
            child:
              from: {type: built, tag: base}
              run:
                - chown 33 /var/lib/things/one
                - cp /bin/busybox /bin/tool && chmod 4755 /bin/tool
                - rm /var/lib/things/two
                - rm -r /tmp && mkdir /tmp
                - mkdir /new && echo x > /new/file && chown 1000:65534 /new/file
            """)
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(build.stderrText.hasSuffix("filesystem child built successfully\n"))

        let layers = try project.layers("child")
        try #require(layers.count == 2)
        #expect(try project.layers("base") == [layers[0]])
        let base = try project.members(layers[0])
        #expect(base["home/web/"]?.hasSuffix(" 33/33") == true, "\(base)")
        #expect(base["bin/busybox"]?.hasSuffix(" 0/0") == true)

        let child = try project.members(layers[1])
        #expect(child["var/lib/things/one"]?.hasSuffix(" 33/0") == true, "\(child)")
        #expect(child["bin/tool"] == "-rwsr-xr-x 0/0")
        #expect(child["var/lib/things/.wh.two"] != nil)
        #expect(child["tmp/"] != nil && child["tmp/.wh..wh..opq"] != nil)
        #expect(child["new/"] == "drwxr-xr-x 0/0" && child["new/.wh..wh..opq"] == nil)
        #expect(child["new/file"] == "-rw-r--r-- 1000/65534")
        for mountPoint in ["proc/", "sys/", "dev/", "stacker/", "etc/resolv.conf"] {
            #expect(base[mountPoint] == nil && child[mountPoint] == nil, "\(mountPoint) was left in the image")
        }
    }

    @Test(.requiresTool("skopeo"), .requiresTool("umoci"))
    func otherToolsReadTheImage() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              run: echo hello > /greeting
              environment: {GREETING: hello}
              entrypoint: [/bin/cat]
              cmd: [/greeting]
            """)
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let skopeo = try project.run("/usr/bin/skopeo", "inspect", "--config", "oci:oci:app")
        #expect(skopeo.exitCode == 0, "\(skopeo.stderrText)")
        #expect(skopeo.stdoutText.contains("\"GREETING=hello\""))
        let umoci =
            Host.isRoot
            ? try project.run("/usr/bin/umoci", "unpack", "--image", "oci:app", "bundle")
            : try project.run("/usr/bin/umoci", "unpack", "--rootless", "--image", "oci:app", "bundle")
        #expect(umoci.exitCode == 0, "\(umoci.stderrText)")
        #expect(try String(contentsOfFile: "\(project.path)/bundle/rootfs/greeting", encoding: .utf8) == "hello\n")
        let configuration = try project.configuration("app")["config"] as? [String: Any]
        #expect(configuration?["Entrypoint"] as? [String] == ["/bin/cat"])
        #expect(configuration?["Cmd"] as? [String] == ["/greeting"])
        #expect(
            configuration?["Env"] as? [String] == [
                "GREETING=hello", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ])
    }

    @Test func importsAreSeenReadOnlyAndNotInTheImage() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              imports: [script.sh, folder]
              run:
                - cp /stacker/imports/script.sh /script.sh
                - cat /stacker/imports/folder/inner > /inner
                - "! touch /stacker/imports/x"
            """)
        try project.makeBase()
        try project.write("script.sh", "#!/bin/sh\n", mode: 0o755)
        try project.write("folder/inner", "content\n")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let members = try project.members(try project.layers("app")[0])
        #expect(members["script.sh"] == "-rwxr-xr-x 0/0")
        #expect(members["inner"] != nil)
        #expect(!members.keys.contains { $0.hasPrefix("stacker") })
    }

    @Test func theOlderKeyShowsImportsWhereOldScriptsLookForThem() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              import: [script.sh]
              run:
                - cp /stacker/script.sh /one
                - cp /.stacker/imports/script.sh /two
                - cp /stacker/imports/script.sh /three
            """)
        try project.makeBase()
        try project.write("script.sh", "#!/bin/sh\n", mode: 0o755)
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let members = try project.members(try project.layers("app")[0])
        #expect(["one", "two", "three"].allSatisfy { members[$0] != nil }, "\(members)")
        #expect(!members.keys.contains { $0.contains("stacker") })
    }

    @Test func directoriesThatAreNamedAreMadeWithThoseAboveThem() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        let places: [ByteString] = ["--stacker-dir", "a/b/s", "--roots-dir", "a/c/r", "--oci-dir", "a/d/o"]
        let program = Program.built("stacker")
        let build = try Program.run(program, places + ["build"], currentDirectory: project.path)
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/a/d/o/index.json"))
        #expect(try Program.run(program, places + ["clean"], currentDirectory: project.path).exitCode == 0)
    }

    @Test func aFailingRunSaysSoAndLeavesTheRootToLookAt() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              run:
                - echo before > /before
                - cat /does/not/exist
                - echo after > /after
            """)
        try project.makeBase()
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("run commands failed for image \"app\""), "\(build.stderrText)")
        #expect(build.stdoutText.contains("+ cat /does/not/exist"))
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/roots/app/overlay/before"))
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/roots/app/overlay/after"))
    }

    @Test func aMistakeIsShownWhereItIs() throws {
        let project = try Project("app:\n  from: {type: scratch}\n  rum: true\n")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.hasPrefix("\(project.path)/stacker.yaml:3:3: error: "), "\(build.stderrText)")
        #expect(build.stderrText.contains("did you mean 'run'?"))
    }

    @Test func aMissingStackerfileOrArchiveIsNamed() throws {
        let project = try Project()
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("stacker.yaml"))
        try project.write("stacker.yaml", "app:\n  from: {type: tar, url: nowhere.tar}\n")
        let second = try project.stacker("build")
        #expect(second.exitCode == 1)
        #expect(second.stderrText.contains("nowhere.tar"), "\(second.stderrText)")
    }

    @Test func theSameEpochGivesTheSameImage() throws {
        let text = """
            app:
              from: {type: tar, url: base.tar}
              run: echo x > /x
            """
        var digests: Set<String> = []
        for _ in 0..<2 {
            let project = try Project(text)
            try project.makeBase()
            let build = try project.stacker("build", environment: ["SOURCE_DATE_EPOCH=1700000000"])
            try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
            let index = try project.json("oci/index.json")["manifests"] as? [[String: Any]]
            digests.insert(index?[0]["digest"] as? String ?? "none")
        }
        #expect(digests.count == 1)
    }

    @Test func aSecondBuildReplacesTheFirst() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run: echo 1 > /one\n")
        try project.makeBase()
        #expect(try project.stacker("build").exitCode == 0)
        try project.write("stacker.yaml", "app:\n  from: {type: tar, url: base.tar}\n  run: echo 2 > /two\n")
        #expect(try project.stacker("build").exitCode == 0)
        let members = try project.members(try project.layers("app")[0])
        #expect(members["two"] != nil && members["one"] == nil)
        let entries = try project.json("oci/index.json")["manifests"] as? [Any]
        #expect(entries?.count == 1)
        let inspect = try project.stacker("inspect", "app")
        #expect(inspect.exitCode == 0)
        #expect(inspect.stdoutText.hasPrefix("app\n\tlayer 0: "), "\(inspect.stdoutText)")
    }
}
