import Diagnostics
import OCI
import TestSupport
import Testing

@Suite struct `Choosing an image for a platform` {
    private func image(_ layout: ImageLayout, _ content: String, _ platform: Platform) throws -> Descriptor {
        var image = try layout.addImage("single", content: content)
        image.platform = platform
        return image
    }

    /// An index with these entries, in an index, and so on.
    private func nest(_ layout: ImageLayout, _ entries: [Descriptor], times: Int) throws -> Descriptor {
        let (digest, size) = try layout.store(ImageIndex(entries).bytes)
        try layout.publish([digest])
        let descriptor = Descriptor(mediaType: MediaType.index, digest: digest, size: size)
        return times == 1 ? descriptor : try nest(layout, [descriptor], times: times - 1)
    }

    @Test func `takes the first that fits`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let arm6 = try image(layout, "6", Platform(os: "linux", architecture: "arm", variant: "v6"))
        let arm7 = try image(layout, "7", Platform(os: "linux", architecture: "arm", variant: "v7"))
        let amd = try image(layout, "a", Platform(os: "linux", architecture: "amd64"))
        try layout.replaceTags([(tag: "multi", descriptor: try nest(layout, [arm6, arm7, amd], times: 1))])
        #expect(try layout.selectManifest(tag: "multi", os: "linux", architecture: "arm").digest == arm6.digest)
        #expect(try layout.selectManifest(tag: "multi", os: "linux", architecture: "amd64").digest == amd.digest)
        let error = #expect(throws: Failure.self) {
            try layout.selectManifest(tag: "multi", os: "linux", architecture: "s390x")
        }
        #expect(
            error?.description
                == "image multi is not for linux/s390x: it is for linux/arm/v6, linux/arm/v7, linux/amd64")
    }

    @Test func `takes an image for one platform as it is`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let image = try layout.addImage("a", content: "x")
        #expect(try layout.selectManifest(tag: "a", os: "plan9", architecture: "mips").digest == image.digest)
    }

    @Test func `looks only so deep into indexes of indexes`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        let amd = try image(layout, "a", Platform(os: "linux", architecture: "amd64"))
        try layout.replaceTags([
            (tag: "deep", descriptor: try nest(layout, [amd], times: 4)),
            (tag: "deeper", descriptor: try nest(layout, [amd], times: 5)),
        ])
        #expect(try layout.selectManifest(tag: "deep", os: "linux", architecture: "amd64").digest == amd.digest)
        let error = #expect(throws: Failure.self) {
            try layout.selectManifest(tag: "deeper", os: "linux", architecture: "amd64")
        }
        #expect(error?.errorClass == .limit)
    }

    @Test func `names the tags that there are`() throws {
        let fixture = try LayoutFixture()
        let layout = try fixture.open()
        try layout.addImage("web", content: "x")
        let error = #expect(throws: Failure.self) {
            try layout.selectManifest(tag: "wep", os: "linux", architecture: "amd64")
        }
        #expect(error?.summary == "bad descriptor wep")
        #expect(error?.hint == "name one of the tags it has: web")
    }
}
