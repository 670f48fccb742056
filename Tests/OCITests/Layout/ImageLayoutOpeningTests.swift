import Diagnostics
import Foundation
import Glibc
import LinuxSystem
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct `Opening a layout` {
    @Test func `creates one where there is nothing, and its parents`() throws {
        let fixture = try LayoutFixture()
        let oci = fixture.path.appending("a/b/oci")
        #expect(try ImageLayout.openOrCreate(at: oci, blobs: fixture.blobs, limits: Limits()).wasCreated)
        #expect(try fixture.read("a/b/oci/oci-layout") == Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8))
        let index = """
            {"manifests":[],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}
            """
        #expect(try fixture.read("a/b/oci/index.json") == Array(index.utf8))
        #expect(try fixture.names("a/b/oci") == ["blobs", "index.json", "oci-layout"])
        #expect(try ImageLayout.openOrCreate(at: oci, blobs: fixture.blobs, limits: Limits()).wasCreated == false)
    }

    @Test func `creates one in an empty directory, and finishes one that was begun`() throws {
        let fixture = try LayoutFixture()
        try fixture.makeDirectory("oci")
        #expect(try fixture.open().wasCreated)
        try fixture.remove("oci/oci-layout")
        #expect(try fixture.open().wasCreated)
        try fixture.remove("oci/oci-layout")
        try fixture.remove("oci/index.json")
        #expect(try fixture.open().wasCreated)
    }

    @Test(arguments: ["stacker", "stacker/blobs", "stacker/blobs/sha256"])
    func `shows nobody else where blobs are made`(name: String) throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        #expect(try fixture.status(name).st_mode & 0o7777 == 0o700)
    }

    @Test func `refuses a file`() throws {
        let fixture = try LayoutFixture()
        try fixture.write("oci", "precious")
        let error = #expect(throws: Failure.self) { try fixture.open() }
        #expect(error?.description.contains("oci-dir \(fixture.oci)") == true)
        #expect(try fixture.read("oci") == Array("precious".utf8))
    }

    @Test func `refuses a directory with other things in it, and leaves them`() throws {
        let fixture = try LayoutFixture()
        try fixture.makeDirectory("oci")
        try fixture.write("oci/thesis.txt", "precious")
        let error = #expect(throws: Failure.self) { try fixture.open() }
        #expect(error?.description.contains("oci-dir \(fixture.oci) is no OCI layout: it has no index.json") == true)
        #expect(try fixture.names("oci") == ["thesis.txt"])
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"imageLayoutVersion\":\"2.0.0\"}", "{\"imageLayoutVersion\":1}",
        "{\"imageLayoutVersion\":\"1.0.0\",}", "{\"imageLayoutVersion\":\"1.0.0\",\"imagelayoutversion\":\"1.0.0\"}",
    ])
    func `refuses another version of the format`(text: String) throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        try fixture.write("oci/oci-layout", text)
        let errors = [
            #expect(throws: Failure.self) { _ = try fixture.open() },
            #expect(throws: Failure.self) { _ = try ImageLayout.open(existing: fixture.oci, limits: Limits()) },
        ]
        for error in errors {
            #expect(error?.description.contains("oci-layout") == true)
            #expect(error?.errorClass == .rejected)
        }
    }

    @Test(arguments: ["", "null", "[]", "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}"])
    func `refuses a broken index before anything is built`(text: String) throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        try fixture.write("oci/index.json", text)
        let error = #expect(throws: Failure.self) { try fixture.open() }
        #expect(error?.description.contains("index.json") == true)
    }

    @Test func `refuses an index that is too long, before reading it`() throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        #expect(truncate(fixture.oci.appending("index.json").string, 5 << 30) == 0)
        let error = #expect(throws: Failure.self) { try fixture.open() }
        #expect(error?.errorClass == .limit)
    }

    @Test(arguments: ["oci/index.json", "oci/oci-layout"], [0, 1, 2])
    func `refuses what is no regular file`(name: String, kind: Int) throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        try fixture.remove(name)
        try fixture.obstruct(name, kind: kind)
        let error = #expect(throws: Failure.self) { try fixture.open() }
        #expect(error?.description.contains(FilePath(name).lastComponent?.string ?? "") == true)
        #expect(error?.errorClass == .rejected)
    }

    @Test func `says so when there is none to read`() throws {
        let fixture = try LayoutFixture()
        let error = #expect(throws: Failure.self) { try ImageLayout.open(existing: fixture.oci, limits: Limits()) }
        #expect(error?.summary == "there is no OCI layout at \(fixture.oci)")
    }

    @Test(arguments: ["oci", "oci/blobs", "oci/blobs/sha256", "stacker", "stacker/blobs", "stacker/blobs/sha256"])
    func `follows no link that a downloaded project planted`(name: String) throws {
        let fixture = try LayoutFixture()
        try fixture.makeDirectory("canary")
        _ = try fixture.open()
        try fixture.remove(name)
        #expect(symlink(fixture.path.appending("canary").string, fixture.path.appending(name).string) == 0)
        let error = #expect(throws: Failure.self) { try fixture.open() }
        #expect(error?.description.contains("link") == true, "\(error?.description ?? "")")
        #expect(try fixture.names("canary").isEmpty)
    }

    @Test(.requiresUser)
    func `refuses a directory of another user`() throws {
        let fixture = try LayoutFixture()
        let error = #expect(throws: Failure.self) {
            try ImageLayout.openOrCreate(at: "/usr", blobs: fixture.blobs, limits: Limits())
        }
        #expect(error?.errorClass == .permission)
        #expect(error?.description.contains("oci-dir belongs to uid 0") == true)
    }

    @Test func `leaves nothing of a layout behind when it is removed`() throws {
        let fixture = try LayoutFixture()
        try fixture.open().addImage("a", content: "1")
        let blobs = try fixture.names("oci/blobs/sha256").count
        let removal = try ImageLayout.remove(fixture.oci, limits: Limits())
        #expect(removal.left.isEmpty)
        #expect(removal.freed.files == UInt64(blobs + 2), "the blobs, the index and oci-layout")
        #expect(try !fixture.exists("oci"))
        #expect(try ImageLayout.remove(fixture.oci, limits: Limits()).freed.files == 0)
    }

    @Test func `leaves what others put into a layout, and a layout, when it is removed`() throws {
        let fixture = try LayoutFixture()
        try fixture.open().addImage("a", content: "1")
        try fixture.write("oci/note.txt", "mine")
        try fixture.write("oci/blobs/sha256/note.txt", "mine")
        let left: [ByteString] = ["blobs/sha256/note.txt", "note.txt"]
        #expect(try ImageLayout.remove(fixture.oci, limits: Limits()).left == left)
        #expect(try fixture.names("oci") == ["blobs", "note.txt", "oci-layout"])
        #expect(try ImageLayout.remove(fixture.oci, limits: Limits()).left == left)

        let again = try fixture.open()
        #expect(again.wasCreated)
        try again.addImage("a", content: "1")
        #expect(try again.index().tags == ["a"])
        #expect(try fixture.names("oci") == ["blobs", "index.json", "note.txt", "oci-layout"])
    }

    @Test func `waits for another stacker that changes the layout, but not for ever`() throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        let other = open(fixture.oci.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try #require(other >= 0 && flock(other, LOCK_EX | LOCK_NB) == 0)
        var limits = Limits()
        limits.layoutLockWait = .milliseconds(20)
        let error = #expect(throws: Failure.self) { try fixture.open(limits).addImage("a", content: "1") }
        #expect(error?.errorClass == .busy)
        #expect(error?.description.contains("lock owned by pid \(getpid()) (") == true, "\(String(describing: error))")
        close(other)
        try fixture.open().addImage("a", content: "1")
    }
}
