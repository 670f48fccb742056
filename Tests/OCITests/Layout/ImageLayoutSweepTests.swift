import Digests
import Diagnostics
import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct `Sweeping a layout` {
    @Test func `removes what an image needed that was built anew, and keeps what is tagged`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("a", content: "1")
        try layout.addImage("b", content: "2")
        let kept = try fixture.names("oci/blobs/sha256")
        #expect(try layout.sweep().isEmpty)
        #expect(try fixture.names("oci/blobs/sha256") == kept)
        try layout.addImage("a", content: "3")
        #expect(try layout.sweep().count == 3)
        #expect(try fixture.names("oci/blobs/sha256").count == 6)
        for tag in ["a", "b"] {
            let descriptor = try #require(try layout.resolve(tag: tag))
            _ = try layout.configuration(of: layout.manifest(of: descriptor))
        }
        // Stacker's own stay: another layout, or the next build, may want them.
        #expect(try fixture.names("stacker/blobs/sha256").count == 9)
    }

    @Test func `keeps what others put there`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let foreign = "oci/blobs/sha256/\(Digest(of: [7]).hex)"
        try fixture.write(foreign, [7])
        try fixture.write("oci/blobs/sha256/README", "hello")
        try fixture.write("oci/.umoci-x", "")
        try layout.addImage("a", content: "1")
        try layout.addImage("a", content: "2")
        #expect(try layout.sweep().count == 3)
        #expect(try fixture.read(foreign) == [7])
        #expect(try fixture.exists("oci/blobs/sha256/README"))
        #expect(try fixture.exists("oci/.umoci-x"))
    }

    @Test func `remembers what it made when its own copy is gone`() throws {
        let fixture = try LayoutFixture()
        try fixture.open().addImage("a", content: "1")
        try fixture.remove("stacker/blobs")
        let layout = try fixture.open()
        try layout.addImage("a", content: "2")
        #expect(try layout.sweep().count == 3)
    }

    @Test func `removes nothing that it cannot prove to be its own`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("a", content: "1")
        try layout.addImage("a", content: "2")
        try fixture.remove("stacker/blobs/sha256")
        try fixture.write("stacker/oci-blobs", "1 2 3\nx\n\n-1 \(Digest(of: []).hex) 18446744073709551616\n")
        #expect(try fixture.open().sweep().isEmpty)
        #expect(try fixture.names("oci/blobs/sha256").count == 6)
    }

    @Test func `removes nothing when a manifest cannot be read`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("a", content: "1")
        try layout.addImage("a", content: "2")
        let broken = Array("{\"schemaVersion\":2,".utf8)
        let digest = Digest(of: broken)
        try fixture.write("oci/blobs/sha256/\(digest.hex)", broken)
        let entry = Descriptor(mediaType: MediaType.manifest, digest: digest, size: Int64(broken.count))
        try layout.replaceTags([(tag: "broken", descriptor: entry)])
        #expect(try layout.sweep().isEmpty)
        #expect(try fixture.names("oci/blobs/sha256").count == 7)
    }

    @Test func `keeps what an image for several platforms needs`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        var image = try layout.addImage("a", content: "1")
        image.platform = Platform(os: "linux", architecture: "amd64")
        let (inner, innerSize) = try layout.store(ImageIndex([image]).bytes)
        let (outer, outerSize) = try layout.store(
            ImageIndex([Descriptor(mediaType: MediaType.index, digest: inner, size: innerSize)]).bytes)
        try layout.publish([inner, outer])
        try layout.replaceTags([
            (tag: "multi", descriptor: Descriptor(mediaType: MediaType.index, digest: outer, size: outerSize))
        ])
        try layout.addImage("a", content: "2")
        #expect(try layout.sweep().isEmpty)
        #expect(try fixture.names("oci/blobs/sha256").count == 8)
    }

    @Test func `removes what a killed build left, and not what is in use`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let old = "tmp." + String(repeating: "a", count: 32)
        for name in ["stacker", "stacker/blobs", "oci/blobs", "oci"] { try fixture.write("\(name)/\(old)", "x") }
        try fixture.write("oci/tmp.mine", "x")
        let blob = try layout.temporaryBlob()
        try layout.sweep()
        #expect(try fixture.names("stacker/blobs").count == 2)
        for name in ["stacker", "stacker/blobs", "oci/blobs", "oci"] { #expect(try !fixture.exists("\(name)/\(old)")) }
        #expect(try fixture.exists("oci/tmp.mine"))
        try blob.commit(digest: Digest(of: []), size: 0)
        #expect(try fixture.names("stacker/blobs") == ["sha256"])
    }
}
