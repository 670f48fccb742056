import Diagnostics
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// Whiteouts in both forms; the overlay form needs a kernel and file system that allow devices 0:0 and `user.` attributes.
@Suite struct UnpackWhiteoutsTests {
    /// Every entry with its type; opaque directories marked.
    private static func tree(_ destination: UnpackDestination) throws -> [String] {
        let listing = try destination.shell(
            """
            find . -mindepth 1 -printf '%P %y\\n' | LC_ALL=C sort
            find . -type d -exec getfattr -n user.overlay.opaque --only-values {} \\; -printf ' %P opaque\\n' 2>/dev/null || true
            """)
        return listing.split(separator: "\n").map(String.init)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var tree: [String]
        var build: @Sendable (inout TarBuilder) -> Void
        var testDescription: String { what }

        init(_ what: String, _ tree: [String], _ build: @escaping @Sendable (inout TarBuilder) -> Void) {
            (self.what, self.tree, self.build) = (what, tree, build)
        }
    }

    private static let overlay: [Row] = [
        Row("of a file of a lower layer", ["d d", "d/x c"]) {
            $0.directory("d"); $0.file("d/.wh.x")
        },
        Row("in a directory that the layer does not have", ["d d", "d/e d", "d/e/x c"]) { $0.file("d/e/.wh.x") },
        Row("twice", ["x c"]) {
            $0.file(".wh.x"); $0.file(".wh.x")
        },
        Row("of another kind, with data", ["a c", "b c", "c c", "d c", "z f"]) {
            $0.directory(".wh.a/")
            $0.symbolicLink(".wh.b", to: "t")
            $0.hardLink(".wh.c", to: "t")
            $0.file(".wh.d", "data")
            $0.file("z")
        },
        Row("before the file", ["x f"]) {
            $0.file(".wh.x"); $0.file("x")
        },
        Row("after the file", ["x f"]) {
            $0.file("x"); $0.file(".wh.x")
        },
        Row("before the symbolic link", ["x l"]) {
            $0.file(".wh.x"); $0.symbolicLink("x", to: "t")
        },
        Row("before the hard link", ["f f", "x f"]) {
            $0.file("f"); $0.file(".wh.x"); $0.hardLink("x", to: "f")
        },
        Row("before the directory", ["d d", "d/f f", "y d opaque"]) {
            $0.file(".wh.d"); $0.directory("d"); $0.file("d/f")
        },
        Row("before a file below", ["d d", "d/f f", "y d opaque"]) {
            $0.file(".wh.d"); $0.file("d/f")
        },
        Row("after a file below", ["d d", "d/f f", "y d opaque"]) {
            $0.file("d/f"); $0.file(".wh.d")
        },
        Row("of something and a whiteout below", ["d d", "y d opaque"]) {
            $0.file(".wh.d"); $0.file("d/.wh.x")
        },
        Row("opaque", ["d d", "d/f f", "y d opaque"]) {
            $0.directory("d"); $0.file("d/.wh..wh..opq"); $0.file("d/f")
        },
        Row("opaque after its files, twice, as a directory", ["d d", "d/f f", "y d opaque"]) {
            $0.file("d/f")
            $0.directory("d/.wh..wh..opq/")
            $0.file("d/.wh..wh..opq")
            $0.directory("d")
        },
        Row("inside opaque, before and after", ["d d", "d/f f", "y d opaque"]) {
            $0.file("d/.wh.a")
            $0.file("d/f")
            $0.file("d/.wh..wh..opq")
            $0.file("d/.wh.b")
        },
        Row("opaque root", ["f f", "y  opaque"]) {
            $0.file("f"); $0.file(".wh.x"); $0.file(".wh..wh..opq")
        },
        Row("a directory that replaces a file", ["d d", "y d opaque"]) {
            $0.file("d"); $0.directory("d")
        },
        Row("through a link of this layer", ["r d", "r/f c", "s l"]) {
            $0.directory("r")
            $0.symbolicLink("s", to: "/r")
            $0.file("s/.wh.f")
        },
        Row("book-keeping of aufs", ["f f"]) {
            $0.directory(".wh..wh.plnk")
            $0.file(".wh..wh.plnk/1.2", "x")
            $0.file(".wh..wh.aufs")
            $0.file("f")
        },
        Row("of names the runtime mounts over", ["dev c", "proc c"]) {
            $0.file(".wh.proc"); $0.file(".wh.dev")
        },
    ]

    @Test(.requiresRoot, arguments: overlay)
    func becomeWhatOverlayfsReads(row: Row) throws {
        let destination = try UnpackDestination()
        _ = try destination.outcome(.overlay, row.build)
        #expect(try Self.tree(destination) == row.tree)
        try destination.expectNothingOutside()
    }

    @Test(
        .requiresRoot,
        arguments: [
            ".wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b", ".wh..wh..opq/x",
        ] as [ByteString], [UnpackJob.Form.overlay, .merged])
    func thatNameNoFileAreRefused(name: ByteString, form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        #expect(
            try destination.outcome(form) {
                $0.directory("a"); $0.file(name)
            }.errorClass == .rejected)
        try destination.expectNothingOutside()
    }

    @Test(arguments: overlay)
    func leaveNothingInAnEmptyMergedTreeButTheFilesOfTheArchive(row: Row) throws {
        let destination = try UnpackDestination()
        _ = try destination.outcome(.merged, row.build)
        let expected = row.tree.filter { !$0.hasSuffix(" c") && !$0.hasSuffix("opaque") }
        #expect(try Self.tree(destination) == expected)
    }

    private static let merged: [Row] = [
        Row("a file", ["d d", "d/b f", "e d", "e/c f"]) { $0.file("d/.wh.a") },
        Row("a directory", ["d d", "d/a f", "d/b f"]) { $0.file(".wh.e") },
        Row("what is not there", ["d d", "d/a f", "d/b f", "e d", "e/c f"]) { $0.file(".wh.x") },
        Row("what the layer brings, before", ["d d", "d/a f", "d/b f", "e d", "e/c f"]) {
            $0.file("d/.wh.a")
            $0.file("d/a", "new")
        },
        Row("what the layer brings, after", ["d d", "d/a f", "d/b f", "e d", "e/c f"]) {
            $0.file("d/a", "new")
            $0.file("d/.wh.a")
        },
        Row("a directory that the layer brings files below, before", ["d d", "d/n f", "e d", "e/c f"]) {
            $0.file(".wh.d")
            $0.file("d/n")
        },
        Row("a directory that the layer brings files below, after", ["d d", "d/n f", "e d", "e/c f"]) {
            $0.file("d/n")
            $0.file(".wh.d")
        },
        Row("opaque", ["d d", "d/n f", "e d", "e/c f"]) {
            $0.file("d/n"); $0.file("d/.wh..wh..opq")
        },
        Row("opaque root", ["d d", "d/b f"]) {
            $0.file("d/b"); $0.file(".wh..wh..opq")
        },
    ]

    @Test(arguments: merged)
    func removeWhatWasThereBeforeFromAMergedTree(row: Row) throws {
        let destination = try UnpackDestination()
        try destination.unpack(
            TarBuilder { for name in ["d/a", "d/b", "e/c"] as [ByteString] { $0.file(name, "old") } }.finished, .merged)
        #expect(try destination.outcome(.merged, row.build).errorClass == nil)
        #expect(try Self.tree(destination) == row.tree)
        try destination.expectNothingOutside()
    }

    @Test func aMergedDirectoryKeepsItsTimeWhenSomethingIsRemovedFromIt() throws {
        let destination = try UnpackDestination()
        try destination.unpack(
            TarBuilder {
                $0.add("d", type: "5", mode: 0o711, modified: 1_234); $0.file("d/a"); $0.file("d/b")
            }.finished, .merged)
        try destination.unpack(TarBuilder { $0.file("d/.wh.a") }.finished, .merged)
        #expect(try destination.shell("stat -c '%a %Y' d; ls d") == "711 1234\nb\n")
    }

    @Test(.requiresRoot) func attributesOfOverlayfsInAnArchiveHideNothing() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.extended([("SCHILY.xattr.user.overlay.opaque", "x"), ("SCHILY.xattr.user.overlay.redirect", "/x")])
            $0.directory("d")
            $0.extended([("SCHILY.xattr.user.overlay.whiteout", "")])
            $0.file("d/f")
        }
        #expect(outcome == .unpacked)
        #expect(
            try destination.shell("getfattr -d -m - d d/f | grep =")
                == """
                user.overlay.overlay.opaque="x"
                user.overlay.overlay.redirect="/x"
                user.overlay.overlay.whiteout=""

                """)
    }
}
