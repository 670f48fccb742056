import Digests
import Diagnostics
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct `Blobs of a layout` {
    @Test func `share their file with stacker's own`() throws {
        let fixture = try LayoutFixture()
        let image = try fixture.open().addImage("a", content: "x")
        let name = "blobs/sha256/\(image.digest.hex)"
        #expect(try fixture.status("stacker/\(name)").st_ino == fixture.status("oci/\(name)").st_ino)
        #expect(try fixture.status("oci/\(name)").st_mode & 0o7777 == 0o644)
        #expect(try fixture.names("stacker/blobs") == ["sha256"])
        #expect(try fixture.names("oci/blobs") == ["sha256"])
    }

    @Test func `vanish unless they are committed`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        do {
            let blob = try layout.temporaryBlob()
            try FileDescriptor(rawValue: blob.raw).writeAll([1, 2, 3])
            let isClosedOnExec = fcntl(blob.raw, F_GETFD) & FD_CLOEXEC != 0
            #expect(isClosedOnExec)
            #expect(try fixture.names("stacker/blobs").count == 2)
        }
        #expect(try fixture.names("stacker/blobs") == ["sha256"])
        let error = #expect(throws: Failure.self) {
            let blob = try layout.temporaryBlob()
            try FileDescriptor(rawValue: blob.raw).writeAll([1, 2, 3])
            try blob.commit(digest: Digest(of: [1, 2, 3]), size: 4)
        }
        #expect(error?.description.contains("has 3 bytes, and not the 4") == true)
        #expect(try fixture.names("stacker/blobs") == ["sha256"])
        #expect(try fixture.names("stacker/blobs/sha256").isEmpty)
    }

    @Test func `heal when one was damaged`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("a", content: "x")
        let name = "blobs/sha256/\(image.digest.hex)"
        let bytes = try fixture.read("oci/\(name)")
        var damaged = bytes
        damaged[10] ^= 1
        // One file under two names: both are damaged.
        try fixture.write("stacker/\(name)", damaged)
        #expect(try fixture.read("oci/\(name)") == damaged)
        #expect(throws: Failure.self) { try layout.readBlob(image) }
        try layout.addImage("a", content: "x")
        #expect(try fixture.read("stacker/\(name)") == bytes)
        #expect(try fixture.read("oci/\(name)") == bytes)
    }

    @Test func `that another tool put there stay`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let (digest, _) = try layout.store([1, 2, 3])
        let name = "oci/blobs/sha256/\(digest.hex)"
        try fixture.write(name, [1, 2, 3])
        let before = try fixture.status(name).st_ino
        try layout.publish([digest])
        #expect(try fixture.status(name).st_ino == before)
    }

    @Test func `are copied where the layout lies on another file system, and are swept there too`() throws {
        let fixture = try LayoutFixture()
        let shared = FilePath("/dev/shm/stacker-oci-\(UInt64.random(in: 0...UInt64.max))")
        defer { try? FileManager.default.removeItem(atPath: shared.string) }
        let layout = try ImageLayout.openOrCreate(at: shared, blobs: fixture.blobs, limits: Limits())
        let image = try layout.addImage("a", content: "x")
        let manifest = try ImageLayout.open(existing: shared, limits: Limits()).manifest(of: image)
        #expect(manifest.annotations == ["note": "x"])
        #expect(try layout.sweep().isEmpty)
        try layout.addImage("a", content: "y")
        #expect(try layout.sweep().count == 3)
    }

    @Test func `are refused when they are not as long as the descriptor says`() throws {
        let fixture = try LayoutFixture()
        var image = try fixture.open().addImage("a", content: "x")
        let layout = try ImageLayout.open(existing: fixture.oci, limits: Limits())
        let size = image.size
        for wrong in [size - 1, size + 1, 0, 5 << 20, .max] {
            image.size = wrong
            #expect(throws: Failure.self) { try layout.readBlob(image) }
            #expect(throws: Failure.self) { _ = try layout.openBlob(image) }
        }
    }

    @Test(arguments: [0, 1, 2])
    func `are refused when they are missing or no regular file`(kind: Int) throws {
        let fixture = try LayoutFixture()
        let image = try fixture.open().addImage("a", content: "x")
        let layout = try ImageLayout.open(existing: fixture.oci, limits: Limits())
        let name = "oci/blobs/sha256/\(image.digest.hex)"
        try fixture.remove(name)
        let missing = #expect(throws: Failure.self) { try layout.readBlob(image) }
        #expect(missing?.causes == ["it is missing"])
        try fixture.obstruct(name, kind: kind)
        let error = #expect(throws: Failure.self) { try layout.readBlob(image) }
        #expect(error?.errorClass == .rejected)
    }

    @Test func `are refused when any byte was changed`() throws {
        let fixture = try LayoutFixture()
        let image = try fixture.open().addImage("a", content: "x")
        let layout = try ImageLayout.open(existing: fixture.oci, limits: Limits())
        let name = "oci/blobs/sha256/\(image.digest.hex)"
        let bytes = try fixture.read(name)
        for position in bytes.indices {
            var flipped = bytes
            flipped[position] ^= 1
            try fixture.write(name, flipped)
            #expect(throws: Failure.self) { try layout.readBlob(image) }
        }
        try fixture.write(name, bytes)
        #expect(try layout.readBlob(image) == bytes)
    }

    @Test(arguments: [0, 1])
    func `replace what stands under their name, and write through no link`(kind: Int) throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try fixture.write("canary", "precious")
        let (digest, size) = try layout.store([1, 2, 3])
        for place in ["oci/blobs/sha256", "stacker/blobs/sha256"] {
            let name = "\(place)/\(digest.hex)"
            if try fixture.exists(name) { try fixture.remove(name) }
            if kind == 0 {
                #expect(symlink(fixture.path.appending("canary").string, fixture.path.appending(name).string) == 0)
            } else {
                try fixture.obstruct(name, kind: kind)
            }
            #expect(try layout.store([1, 2, 3]) == (digest, size))
            try layout.publish([digest])
            #expect(try fixture.read(name) == [1, 2, 3])
        }
        #expect(try fixture.read("canary") == Array("precious".utf8))
    }

    @Test func `must exist to be published`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        #expect(throws: Failure.self) { try layout.publish([Digest(of: [1])]) }
        #expect(try fixture.names("oci/blobs/sha256").isEmpty)
    }

    @Test func `cannot be made in a layout that is only read`() throws {
        let fixture = try LayoutFixture()
        _ = try fixture.open()
        let layout = try ImageLayout.open(existing: fixture.oci, limits: Limits())
        #expect(throws: Failure.self) { _ = try layout.temporaryBlob() }
        #expect(throws: Failure.self) { try layout.store([1]) }
    }
}
