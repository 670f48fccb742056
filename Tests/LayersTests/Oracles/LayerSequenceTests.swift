import Diagnostics
import HelperProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Layers

/// Generated sequences of layers, unpacked by us in both forms and by umoci, give the tree of a simple model.
@Suite(.requiresRoot) struct LayerSequenceTests {
    private static func expectSame(
        _ found: FileTreeModel, _ wanted: FileTreeModel, _ what: String, _ location: SourceLocation = #_sourceLocation
    ) {
        let differences = found.differences(from: wanted)
        #expect(differences == "", Comment(rawValue: what), sourceLocation: location)
    }

    @Test(arguments: 1...200) func layersGiveTheTreeOfTheModel(seed: Int) throws { try Self.check(seed) }

    @Test(.soak, arguments: 10_000..<11_000)
    func layersGiveTheTreeOfTheModelForManySeeds(seed: Int) throws { try Self.check(seed) }

    private static func check(_ seed: Int) throws {
        let workshop = try OracleWorkshop()
        let generated = GeneratedLayers(seed: seed)
        var modelled = FileTreeModel()
        var names: [String] = []
        for (index, layer) in generated.layers.enumerated() {
            modelled = layer.apply(to: modelled)
            try workshop.write(layer.archive(), to: "layer\(index)")
            try workshop.unpack("layer\(index)", into: "overlay\(index)", .overlay)
            names.insert("overlay\(index)", at: 0)
            try workshop.unpack("layer\(index)", into: "merged", .merged)
            if index == generated.layers.count / 2 {
                expectSame(try workshop.tree("merged"), modelled.withHardLinksByName, "merged, half way")
            }
        }
        let wanted = modelled.withHardLinksByName
        expectSame(wanted, generated.tree.withHardLinksByName, "the model against its generator")
        expectSame(try workshop.tree("merged"), wanted, "merged form")
        expectSame(try workshop.mountedTree(of: names), wanted, "overlay form, mounted")
    }

    @Test(.requiresTool("umoci"), arguments: 401...600) func umociGivesTheTreeOfTheModelToo(seed: Int) throws {
        let workshop = try OracleWorkshop()
        let generated = GeneratedLayers(seed: seed, hidesItsOwnNames: false)
        var archives: [(file: String, result: PackResult)] = []
        for (index, layer) in generated.layers.enumerated() {
            let name = "layer\(index)"
            try workshop.write(layer.archive(), to: name)
            let result = try workshop.unpack(name, into: "merged", .merged)
            archives.append(
                (
                    name,
                    PackResult(
                        digest: result.digest, diffID: result.diffID, size: result.size, uncompressedSize: result.size,
                        entries: result.entries, encoder: "", warnings: [])
                ))
        }
        try workshop.makeLayout("oci", of: archives)
        try workshop.shell("umoci --log=error unpack --image oci:it bundle >&2")
        let wanted = generated.tree.withHardLinksByName
        Self.expectSame(try workshop.tree("merged"), wanted, "merged form")
        Self.expectSame(try workshop.tree("bundle/rootfs"), wanted, "unpacked by umoci")
    }

    /// The other way: changes made through an overlay, as a build step makes them.
    @Test(arguments: 501...540) func changesMadeThroughAnOverlayArePackedAndAppliedAgain(seed: Int) throws {
        try Self.checkChanges(seed, withUmoci: seed.isMultiple(of: 8))
    }

    @Test(.soak, arguments: 20_000..<20_300)
    func changesMadeThroughAnOverlayArePackedAndAppliedAgainForManySeeds(seed: Int) throws {
        try Self.checkChanges(seed, withUmoci: seed.isMultiple(of: 10))
    }

    private static func checkChanges(_ seed: Int, withUmoci: Bool) throws {
        let workshop = try OracleWorkshop()
        var random = SeededGenerator(seed: seed)
        var (stack, archives) = (["empty"], [(file: String, result: PackResult)]())
        try workshop.shell("mkdir empty mounted flat")
        var wanted = FileTreeModel()
        for step in 0..<(2 + random.below(3)) {
            let root = "step\(step)"
            try workshop.shell(
                """
                mkdir -p \(root)/upper work\(step)
                mount -t overlay overlay mounted -o userxattr,index=off,redirect_dir=nofollow,metacopy=off,\
                lowerdir=\(stack.joined(separator: ":")),upperdir=\(root)/upper,workdir=work\(step)
                """)
            do {
                defer { _ = try? workshop.shell("umount mounted") }
                try UnpackDestination.shell(changes(&random), in: workshop.path("mounted"))
                wanted = try workshop.tree("mounted")
            }
            try workshop.shell("mv flat \(root)/lower")
            let packed = try workshop.pack(in: root, into: "layer\(step)", .gzip, hasLower: true)
            try workshop.shell("mv \(root)/lower flat")
            try workshop.unpack("layer\(step)", into: "flat", .merged)
            expectSame(try workshop.tree("flat"), wanted, "step \(step), applied in merged form")
            try workshop.unpack("layer\(step)", into: "layer\(step).d", .overlay)
            stack.insert("layer\(step).d", at: 0)
            expectSame(try workshop.mountedTree(of: stack), wanted, "step \(step), applied in overlay form")
            archives.append(("layer\(step)", packed))
        }
        guard withUmoci else { return }
        try workshop.makeLayout("oci", of: archives)
        try workshop.shell("umoci --log=error unpack --image oci:it bundle >&2")
        expectSame(try workshop.tree("bundle/rootfs"), wanted, "applied by umoci")
    }

    /// A script of changes; what makes no sense where it stands fails, and the script goes on.
    private static func changes(_ random: inout SeededGenerator) -> String {
        var lines = ["set +e; exec 2>/dev/null"]
        for _ in 0..<(5 + random.below(20)) {
            let (path, other) = (self.path(&random), self.path(&random))
            let number = random.below(1000)
            lines.append(
                random.pick([
                    "[ -p \(path) ] || echo \(number) >\(path)", "[ -p \(path) ] || echo \(number) >>\(path)",
                    "rm -rf \(path)", "mkdir -p \(path)",
                    "mkdir \(path)", "rm -rf \(path); mkdir \(path); echo \(number) >\(path)/a",
                    "ln -sfn \(other) \(path)", "mv -T \(path) \(other)", "mv -T \(path) \(other)",
                    "cp -aT \(path) \(other)", "[ -L \(path) ] || [ ! -f \(path) ] || ln -T \(path) \(other)",
                    "chmod 0\(random.pick(["755", "700", "2770", "1777"])) \(path)",
                    "chown \(number):\(number) \(path)", "touch -hd @\(number) \(path)", "mkfifo \(path)",
                    "setfattr -n user.n -v \(number) \(path)", "[ -p \(path) ] || truncate -s \(number * 10) \(path)",
                    "rm -f \(path); touch -d @\(number) \(path)",
                ]))
        }
        return lines.joined(separator: "\n") + "\ntrue"
    }

    private static func path(_ random: inout SeededGenerator) -> String {
        (0...random.below(3)).map { _ in random.pick(["a", "b", "c", "d"]) }.joined(separator: "/")
    }
}

extension OracleWorkshop {
    /// What overlayfs shows of these layers in overlay form, the uppermost first.
    func mountedTree(of layers: [String]) throws -> FileTreeModel {
        try shell(
            """
            mkdir -p view lowest; mount -t overlay overlay view -o ro,userxattr,index=off,\
            lowerdir=\(layers.joined(separator: ":")):lowest
            """)
        defer { _ = try? shell("umount view") }
        return try tree("view")
    }
}
