import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stacker://`: files of one image in another.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ImageImportTests {
    @Test func filesOfAnImageAreImportedAndBecomeLayers() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              imports:
                - stacker://tools/out/tool
                - {path: stacker://tools/out/link, mode: 0600, uid: 9, gid: 9}
                - stacker://tools/out/tree/
                - path: stacker://tools/out/tool
                  dest: /usr/bin/renamed
                - {path: stacker://tools/out, dest: /opt}
                - {path: stacker://plain/etc/passwd, dest: /srv/}
              run:
                - "[ $(stat -c %u:%a /stacker/imports/tool) = 33:751 ]"
                - "[ ! -L /stacker/imports/link ] && [ $(stat -c %u:%g:%a /stacker/imports/link) = 9:9:600 ]"
                - "[ $(cat /stacker/imports/inner) = deep ] && [ $(stat -c %u:%a /usr/bin/renamed) = 33:751 ]"
                - "[ $(readlink /opt/link) = tool ] && [ $(stat -c %u:%a /opt/tree) = 44:700 ] && [ -e /srv/passwd ]"
            tools:
              from: {type: tar, url: base.tar}
              build_only: true
              run:
                - mkdir -p /out/tree && echo tool > /out/tool && chown 33 /out/tool && chmod 751 /out/tool
                - ln -s tool /out/link && ln -s /../../../../etc /out/up
                - echo deep > /out/tree/inner && chown -R 44 /out/tree && chmod 700 /out/tree
            plain:
              from: {type: tar, url: base.tar}
            """)
        try project.makeBase()
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let layers = try project.layers("app")
        #expect(layers.count == 4)
        let members = try project.members(layers[2])
        #expect(
            members["opt/tree/inner"] == "-rw-r--r-- 44/0" && members["opt/tool"] == "-rwxr-x--x 33/0", "\(members)")
        // What belongs to others is cleaned up as well.
        #expect(try project.stacker("build").exitCode == 0)
        #expect(try project.stacker("clean").exitCode == 0)
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/.stacker"))
    }

    @Test func linksOfTheImageLeadNowhereElse() throws {
        let project = try Project(
            """
            tools:
              from: {type: tar, url: base.tar}
              run: ln -s \(Checkout.path.string) /host && ln -s /../../../../../../../../etc/hostname /name && ln -s / /all
            app:
              from: {type: tar, url: base.tar}
              imports: [stacker://tools/host/Package.swift]
            name:
              from: {type: tar, url: base.tar}
              imports: [stacker://tools/name]
            all:
              from: {type: tar, url: base.tar}
              imports: [{path: stacker://tools/all/all/etc/, dest: /in/}]
              run: "[ $(ls /in | wc -l) = 2 ]"
            """)
        try project.makeBase()
        for (image, message) in [("app", "there is no /host/Package.swift in it"), ("name", "there is no /name in it")]
        {
            let build = try project.stacker("build", ByteString(image))
            #expect(build.exitCode == 1)
            #expect(build.stderrText.contains(message), "\(build.stderrText)")
        }
        let all = try project.stacker("build", "all")
        #expect(all.exitCode == 0, "\(all.stderrText)\(all.stdoutText)")
    }

    @Test func anArchiveInAnImageMayBeABase() throws {
        let project = try Project(
            """
            app:
              from: {type: tar, url: stacker://maker/root.tar}
              run: "[ -e /bin/busybox ]"
            above:
              from: {type: tar, url: stacker://maker/root.tar}
              imports: [{path: stacker://app/etc/passwd, dest: /copy}]
            maker:
              from: {type: tar, url: base.tar}
              imports: base.tar
              build_only: true
              run: cp /stacker/imports/base.tar /root.tar && chown 77 /root.tar && chmod 0 /root.tar
            folder:
              from: {type: tar, url: stacker://maker/etc}
            """)
        try project.makeBase()
        let build = try project.stacker("build", "app", "above")
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try project.layers("above").count == 2)
        let folder = try project.stacker("build", "folder")
        #expect(folder.exitCode == 1 && folder.stderrText.contains("it is a directory"), "\(folder.stderrText)")
    }

    @Test func aMissingImageIsNamedAsBefore() throws {
        let project = try Project(
            """
            test:
              from: {type: scratch}
              imports: [stacker://foo/bar, stacker://baz/foo]
            """)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        for phrase in [
            "couldn't find dependencies for test: stacker://foo/bar, stacker://baz/foo\n",
            "couldn't resolve some dependencies",
        ] { #expect(build.stderrText.contains(phrase), "\(build.stderrText)") }
    }
}
