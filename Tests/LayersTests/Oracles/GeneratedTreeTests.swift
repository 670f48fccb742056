import Diagnostics
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// Generated trees go through our packer, our unpacker and the tools of others, in both directions; what comes out is
/// what was made.
@Suite(.requiresRoot) struct GeneratedTreeTests {
    private static let compressions: [PackJob.Compression] = [.gzip, .none, .gzipSmall, .zstd(level: 3)]

    private static func expectSame(
        _ found: FileTreeModel, _ wanted: FileTreeModel, _ what: String,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let differences = found.differences(from: wanted)
        #expect(differences == "", Comment(rawValue: what), sourceLocation: location)
    }

    /// GNU tar and the listings of find, getfattr, getcap and sha256sum cannot follow paths of more than `PATH_MAX`.
    @Test(arguments: 1...48) func ourArchiveIsTheTreeToUsAndToGNUTar(seed: Int) throws {
        try Self.checkOurArchive(seed: seed)
    }

    @Test(.soak, arguments: 1000..<1400) func ourArchiveIsTheTreeToUsAndToGNUTarForManySeeds(seed: Int) throws {
        try Self.checkOurArchive(seed: seed)
    }

    private static func checkOurArchive(seed: Int) throws {
        let workshop = try OracleWorkshop()
        let generated = GeneratedTree(seed: seed, isVeryDeep: seed.isMultiple(of: 8))
        try generated.model.make(in: try workshop.makeDirectory("upper"))
        Self.expectSame(try workshop.tree("upper"), generated.model, "the tree on disk")

        let compression = compressions[seed % compressions.count]
        let packed = try workshop.pack(into: "layer", compression)
        #expect(packed.warnings == [])
        for form in [UnpackJob.Form.overlay, .merged] {
            let result = try workshop.unpack("layer", into: "\(form)", form)
            #expect(result.warnings == [])
            #expect([result.digest, result.diffID] == [packed.digest, packed.diffID])
            expectSame(try workshop.tree("\(form)"), generated.model, "unpacked by us, \(form)")
        }
        guard !generated.isVeryDeep else { return }
        let option = [.gzip, .gzipSmall].contains(compression) ? "-z" : compression == .none ? "" : "--zstd"
        try workshop.shell(
            """
            mkdir out; tar -xp \(option) -f layer --warning=none --numeric-owner --same-owner --xattrs \
                --xattrs-include='*' -C out
            """)
        Self.expectSame(try workshop.tree("out"), generated.model, "unpacked by GNU tar")
        #expect(try workshop.report(of: "overlay") == workshop.report(of: "upper"))
        #expect(try workshop.report(of: "out") == workshop.report(of: "upper"))
    }

    @Test(arguments: ["pax", "gnu"], 101...110) func anArchiveOfGNUTarIsTheTree(format: String, seed: Int) throws {
        try Self.checkArchiveOfGNUTar(format, seed: seed)
    }

    @Test(.soak, arguments: ["pax", "gnu"], 2000..<2100)
    func anArchiveOfGNUTarIsTheTreeForManySeeds(format: String, seed: Int) throws {
        try Self.checkArchiveOfGNUTar(format, seed: seed)
    }

    private static func checkArchiveOfGNUTar(_ format: String, seed: Int) throws {
        let workshop = try OracleWorkshop()
        let generated = GeneratedTree(seed: seed, isVeryDeep: seed.isMultiple(of: 5))
        try generated.model.make(in: try workshop.makeDirectory("tree"))
        let options = format == "pax" ? "--xattrs --xattrs-include='*'" : ""
        try workshop.shell(
            "tar -c \(options) \(seed.isMultiple(of: 2) ? "--sparse" : "") --format=\(format) -f layer -C tree .")
        #expect(try workshop.unpack("layer", into: "ours", .overlay).warnings == [])
        var wanted = generated.model
        // The older format has no place for them.
        if format == "gnu" { for path in wanted.entries.keys { wanted.entries[path]?.attributes = [:] } }
        Self.expectSame(try workshop.tree("ours"), wanted, "packed by GNU tar")
    }

    @Test(.requiresTool("umoci"), arguments: 201...206) func umociUnpacksOurImage(seed: Int) throws {
        let workshop = try OracleWorkshop()
        let generated = GeneratedTree(seed: seed)
        try generated.model.make(in: try workshop.makeDirectory("upper"))
        let packed = try workshop.pack(into: "layer", .gzip)
        try workshop.makeLayout("oci", of: [("layer", packed)])
        try workshop.shell("umoci --log=error unpack --image oci:it bundle >&2")
        Self.expectSame(try workshop.tree("bundle/rootfs"), generated.model, "unpacked by umoci")
    }

    @Test(.requiresTool("umoci"), arguments: 301...306) func weUnpackWhatUmociRepacked(seed: Int) throws {
        let workshop = try OracleWorkshop()
        let generated = GeneratedTree(seed: seed)
        try workshop.shell(
            """
            umoci --log=error init --layout oci; umoci --log=error new --image oci:it
            umoci --log=error unpack --image oci:it bundle
            """)
        try generated.model.make(in: workshop.path("bundle/rootfs"))
        try workshop.shell(
            """
            umoci --log=error repack --image oci:it bundle
            manifest=$(jq -r '.manifests[0].digest[7:]' oci/index.json)
            ln oci/blobs/sha256/$(jq -r '.layers[0].digest[7:]' oci/blobs/sha256/$manifest) layer
            """)
        try workshop.unpack("layer", into: "ours", .merged)
        Self.expectSame(try workshop.tree("ours"), generated.model, "packed by umoci")
    }
}
