import Digests
import Diagnostics
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct `The index of a layout` {
    @Test func `stands in the order in which tags were written`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let a = try layout.addImage("a", content: "1")
        let b = try layout.addImage("b", content: "2")
        try layout.replaceTags([(tag: "c", descriptor: b), (tag: "a", descriptor: a)])
        #expect(try layout.index().tags == ["b", "c", "a"])
        #expect(try layout.resolve(tag: "c")?.digest == b.digest)
        #expect(try layout.resolve(tag: "d") == nil)
    }

    @Test func `is not written when nothing changes`() throws {
        let fixture = try LayoutFixture()
        try fixture.open().addImage("a", content: "1")
        let before = try fixture.status("oci/index.json").st_ino
        try fixture.open().addImage("a", content: "1")
        #expect(try fixture.status("oci/index.json").st_ino == before)
    }

    @Test func `refuses names that are no tags, and changes nothing`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("a", content: "1")
        let before = try fixture.read("oci/index.json")
        #expect(throws: Failure.self) {
            try layout.replaceTags([(tag: "good", descriptor: image), (tag: "../x", descriptor: image)])
        }
        #expect(try fixture.read("oci/index.json") == before)
    }

    @Test func `keeps the permissions that it has`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        #expect(chmod(fixture.oci.appending("index.json").string, 0o640) == 0)
        try layout.addImage("a", content: "1")
        #expect(try fixture.status("oci/index.json").st_mode & 0o7777 == 0o640)
    }

    @Test func `is replaced and not written through`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("a", content: "1")
        #expect(link(fixture.oci.appending("index.json").string, fixture.path.appending("old").string) == 0)
        let before = try fixture.read("old")
        try layout.replaceTags([(tag: "b", descriptor: image)])
        #expect(try fixture.read("old") == before)
        #expect(try fixture.read("oci/index.json") != before)
    }

    @Test func `keeps what another tool wrote since the layout was opened`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("a", content: "1")
        try fixture.open().replaceTags([(tag: "theirs", descriptor: image)])
        try layout.replaceTags([(tag: "b", descriptor: image)])
        #expect(try layout.index().tags == ["a", "theirs", "b"])
    }

    @Test func `loses no tag when images are finished at the same time`() async throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask { try layout.addImage("image\(number)", content: "\(number)") }
            }
            try await group.waitForAll()
        }
        #expect(Set(try layout.index().tags) == Set((0..<16).map { "image\($0)" }))
    }

    @Test(.requiresUser)
    func `stays as it was when the directory cannot be written`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("a", content: "1")
        let before = try fixture.read("oci/index.json")
        #expect(chmod(fixture.oci.string, 0o500) == 0)
        defer { chmod(fixture.oci.string, 0o700) }
        let error = #expect(throws: Failure.self) { try layout.replaceTags([(tag: "b", descriptor: image)]) }
        #expect(error?.errorClass == .permission)
        #expect(try fixture.read("oci/index.json") == before)
    }

    @Test(.requiresRoot)
    func `stays as it was when the file system is full`() throws {
        let fixture = try LayoutFixture()
        try fixture.makeDirectory("small")
        let mount = fixture.path.appending("small")
        #expect(try fixture.run("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", mount.string).exitCode == 0)
        // A mount that stays keeps the directory, and the next run is not in its way.
        defer { _ = try? fixture.run("umount", mount.string) }
        do {
            let layout = try ImageLayout.openOrCreate(
                at: mount.appending("oci"), blobs: fixture.blobs, limits: Limits())
            let image = try layout.addImage("a", content: "1")
            let before = try fixture.read("small/oci/index.json")
            #expect(try fixture.run("dd", "if=/dev/zero", "of=\(mount)/fill", "bs=4k").exitCode == 1)
            let error = #expect(throws: Failure.self) { try layout.replaceTags([(tag: "b", descriptor: image)]) }
            #expect(error?.description.contains("No space left") == true)
            #expect(throws: Failure.self) { try layout.addImage("c", content: String(repeating: "c", count: 100_000)) }
            #expect(try fixture.read("small/oci/index.json") == before)
            #expect(try fixture.names("small/oci") == ["blobs", "index.json", "oci-layout"])
            #expect(try fixture.names("small/oci/blobs") == ["sha256"])
            try fixture.remove("small/fill")
            try layout.replaceTags([(tag: "b", descriptor: image)])
            #expect(try layout.index().tags == ["a", "b"])
        }
    }

    @Test(.requiresRoot)
    func `belongs to the owner of the layout when root works for somebody`() throws {
        let fixture = try LayoutFixture()
        try fixture.open().addImage("a", content: "1")
        #expect(chown(fixture.oci.string, 1234, 1235) == 0)
        let image = try fixture.open().addImage("b", content: "2")
        for name in ["oci/index.json", "oci/blobs/sha256/\(image.digest.hex)"] {
            #expect(try fixture.status(name).st_uid == 1234)
            #expect(try fixture.status(name).st_gid == 1235)
        }
    }
}
