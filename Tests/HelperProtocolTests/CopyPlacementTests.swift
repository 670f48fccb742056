import Diagnostics
import HelperProtocol
import Testing

/// The table of where imports go.
@Suite struct CopyPlacementTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var source: String
        var isDirectory: Bool
        var destination: String
        var directory: [ByteString]
        var name: ByteString?

        var testDescription: String { "\(source) -> \(destination)" }
    }

    static let rows: [Row] = [
        Row(source: "f", isDirectory: false, destination: "/", directory: [], name: "f"),
        Row(source: "f", isDirectory: false, destination: "/d/", directory: ["d"], name: "f"),
        Row(source: "f", isDirectory: false, destination: "/d/x", directory: ["d"], name: "x"),
        Row(source: "f", isDirectory: false, destination: "/x", directory: [], name: "x"),
        Row(source: "f", isDirectory: false, destination: "/d/.", directory: ["d"], name: "f"),
        Row(source: "f", isDirectory: false, destination: "//a//./b//", directory: ["a", "b"], name: "f"),
        Row(source: "a/f", isDirectory: false, destination: "/d/x", directory: ["d"], name: "x"),
        Row(source: "dir", isDirectory: true, destination: "/d2", directory: ["d2"], name: nil),
        Row(source: "dir/", isDirectory: true, destination: "/d2", directory: ["d2"], name: nil),
        Row(source: "dir/", isDirectory: true, destination: "/d2/", directory: ["d2"], name: nil),
        Row(source: "dir/", isDirectory: true, destination: "/", directory: [], name: nil),
        Row(source: "dir", isDirectory: true, destination: "/d2/", directory: ["d2"], name: "dir"),
        Row(source: "dir", isDirectory: true, destination: "/", directory: [], name: "dir"),
        Row(source: "dir", isDirectory: true, destination: "/d2/.", directory: ["d2"], name: nil),
        Row(source: "dir/", isDirectory: true, destination: "/d2/.", directory: ["d2"], name: nil),
        Row(source: "dir", isDirectory: true, destination: "/.", directory: [], name: nil),
        Row(source: "/", isDirectory: true, destination: "/d/", directory: ["d"], name: nil),
    ]

    @Test(arguments: rows) func aCopyGoesWhereTheSlashesSay(_ row: Row) {
        let source = ByteString(row.source)
        let placement = CopyPlacement(
            of: CopyPlacement.components(of: source).last ?? "", isDirectory: row.isDirectory,
            takesContents: source.bytes.last == 0x2f, at: ByteString(row.destination))
        #expect(placement.directory == row.directory && placement.name == row.name)
        #expect(placement.isNewDirectory == row.destination.hasSuffix("/."))
    }

    @Test func namesAreBytes() {
        let placement = CopyPlacement(
            of: ByteString([0xff, 0x0a]), isDirectory: false, takesContents: false,
            at: ByteString([0x2f, 0xcc, 0x81, 0x2f]))
        #expect(placement.directory == [ByteString([0xcc, 0x81])] && placement.name == ByteString([0xff, 0x0a]))
    }
}
