import Digests
import Diagnostics
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct `Layouts and other tools` {
    @Test(.requiresTool("skopeo"))
    func `skopeo reads and copies ours`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("web", content: "x")
        let inspected = try fixture.run("skopeo", "inspect", "oci:oci:web")
        #expect(inspected.exitCode == 0, "\(inspected.stderr)")
        #expect(inspected.stdoutText.contains(image.digest.description))
        let copied = try fixture.run("skopeo", "--insecure-policy", "copy", "oci:oci:web", "dir:copy")
        #expect(copied.exitCode == 0, "\(copied.stderr)")
    }

    @Test(.requiresTool("umoci"))
    func `umoci lists, shows and unpacks ours`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "x")
        try layout.addImage("db", content: "y")
        let listed = try fixture.run("umoci", "ls", "--layout", "oci")
        #expect(Set(listed.stdoutText.split(separator: "\n")) == ["web", "db"], "\(listed.stderr)")
        let shown = try fixture.run("umoci", "stat", "--image", "oci:web")
        #expect(shown.exitCode == 0, "\(shown.stderr)")
        let unpacked = try fixture.run("umoci", "raw", "unpack", "--rootless", "--image", "oci:web", "root")
        #expect(unpacked.exitCode == 0, "\(unpacked.stderr)")
        #expect(try fixture.read("root/file") == Array("x".utf8))
    }

    @Test(.requiresTool("umoci"))
    func `a layout that umoci made is read, written and swept, and umoci goes on with it`() throws {
        let fixture = try LayoutFixture()
        #expect(try fixture.run("umoci", "init", "--layout", "oci").exitCode == 0)
        #expect(try fixture.open().index().entries.isEmpty)
        #expect(try fixture.run("umoci", "new", "--image", "oci:theirs").exitCode == 0)
        let layout = try fixture.open()
        let theirs = try #require(try layout.resolve(tag: "theirs"))
        #expect(try layout.configuration(of: layout.manifest(of: theirs)).os == "linux")
        try layout.addImage("ours", content: "1")
        try layout.addImage("ours", content: "2")
        #expect(try layout.sweep().count == 3)
        #expect(try layout.index().tags == ["theirs", "ours"])
        let listed = try fixture.run("umoci", "ls", "--layout", "oci")
        #expect(Set(listed.stdoutText.split(separator: "\n")) == ["theirs", "ours"])
        let changed = try fixture.run(
            "umoci", "config", "--image", "oci:ours", "--tag", "changed", "--config.label", "a=b")
        #expect(changed.exitCode == 0, "\(changed.stderr)")
        #expect(try fixture.run("umoci", "gc", "--layout", "oci").exitCode == 0)
        let image = try #require(try layout.resolve(tag: "changed"))
        #expect(try layout.configuration(of: layout.manifest(of: image)).config.labels == ["a": "b"])
        #expect(try layout.inspect().map(\.text).joined().contains("changed\n\tlayer 0: "))
    }

    @Test(.requiresTool("skopeo"))
    func `a layout that skopeo made is read, and skopeo adds to ours`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "x")
        let out = try fixture.run(
            "skopeo", "--insecure-policy", "copy", "--dest-oci-accept-uncompressed-layers", "oci:oci:web",
            "oci:theirs:web")
        #expect(out.exitCode == 0, "\(out.stderr)")
        let theirs = try ImageLayout.open(existing: fixture.path.appending("theirs"), limits: Limits())
        #expect(try theirs.inspect() == layout.inspect())
        let back = try fixture.run(
            "skopeo", "--insecure-policy", "copy", "--dest-oci-accept-uncompressed-layers", "oci:theirs:web",
            "oci:oci:back")
        #expect(back.exitCode == 0, "\(back.stderr)")
        #expect(try layout.index().tags == ["web", "back"])
        try layout.addImage("web", content: "y")
        // Both tags named one image, and skopeo's still does.
        #expect(try layout.sweep().isEmpty)
        let inspected = try fixture.run("skopeo", "inspect", "oci:oci:back")
        #expect(inspected.exitCode == 0, "\(inspected.stderr)")
    }

    @Test(.requiresTool("buildah"), .requiresRoot)
    func `a layout that buildah made is read`() throws {
        let fixture = try LayoutFixture()
        let script = """
            set -e
            export HOME=$PWD BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
            storage="--root $PWD/storage --runroot $PWD/run"
            container=$(buildah $storage from scratch)
            echo hello >file
            buildah $storage copy -q $container file /file
            buildah $storage config --cmd '["/file"]' --label Name=a --label name=b --volume /Data $container
            buildah $storage commit -q --format oci $container oci:theirs:built
            buildah $storage rm $container
            """
        let built = try fixture.run("sh", "-c", script)
        #expect(built.exitCode == 0, "\(built.stderr)")
        let layout = try ImageLayout.open(existing: fixture.path.appending("theirs"), limits: Limits())
        let image = try #require(try layout.resolve(tag: "built"))
        let configuration = try layout.configuration(of: layout.manifest(of: image)).config
        #expect(configuration.command == ["/file"])
        #expect(configuration.labels["Name"] == "a")
        #expect(configuration.labels["name"] == "b")
        #expect(configuration.volumes == ["/Data"])
    }
}
