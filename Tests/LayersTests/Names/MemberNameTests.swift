import Diagnostics
import Testing

@testable import Layers

@Suite struct MemberNameTests {
    private static func components(_ name: ByteString) -> [ByteString]? {
        (try? MemberName(name, limits: Limits()))?.components
    }

    @Test(
        arguments: [
            ("etc/x", ["etc", "x"]), ("/etc/x", ["etc", "x"]), ("//etc///x", ["etc", "x"]), ("./a", ["a"]),
            ("a/./b", ["a", "b"]), ("a//b/", ["a", "b"]), (".", []), ("./", []), ("/", []), ("/.", []),
            ("...", ["..."]),
            ("..a/.b/c..", ["..a", ".b", "c.."]), ("..\\..\\x", ["..\\..\\x"]), ("/\u{301}etc/x", ["\u{301}etc", "x"]),
            ("a\nb\r\n/\u{1b}[m", ["a\nb\r\n", "\u{1b}[m"]),
        ] as [(ByteString, [ByteString])])
    func namesAreNormalised(name: ByteString, components: [ByteString]) {
        #expect(Self.components(name) == components)
    }

    @Test(
        arguments: [
            "", "..", "../x", "a/../../x", "a/../b", "/..", "a/..", "../\u{301}x", "a\u{0}b", "./../x",
        ] as [ByteString])
    func namesThatGoUpOrSayNothingAreRefused(name: ByteString) {
        #expect(throws: InvalidArchive.self) { try MemberName(name, limits: Limits()) }
    }

    @Test func bytesThatAreNoTextStayAsTheyAre() {
        // C0 AF is an overlong "/" in what is not UTF-8: no separator.
        #expect(Self.components(ByteString([0xc0, 0xaf, 0xfe])) == [ByteString([0xc0, 0xaf, 0xfe])])
        #expect(Self.components("caf\u{e9}") != Self.components("cafe\u{301}"))
    }

    @Test(arguments: [("a", false), ("a/", true), ("a/.", true), ("/", true), ("a/b", false)] as [(ByteString, Bool)])
    func aTrailingSlashIsRemembered(name: ByteString, namesDirectory: Bool) throws {
        #expect(try MemberName(name, limits: Limits()).namesDirectory == namesDirectory)
    }

    @Test(
        arguments: [
            (255, 1, nil), (256, 1, .rejected), (32, 1_985, nil), (32, 1_986, .limit), (1, 2_000, nil),
            (1, 2_001, .limit),
        ] as [(Int, Int, ErrorClass?)])
    func lengthAndDepthAreBounded(length: Int, depth: Int, errorClass: ErrorClass?) {
        let part = [UInt8](repeating: 0x61, count: length)
        let name = ByteString(Array(repeatElement(part, count: depth).joined(separator: [0x2f])))
        do {
            _ = try MemberName(name, limits: Limits())
            #expect(errorClass == nil)
        } catch {
            #expect(error.errorClass == errorClass)
        }
    }
}

@Suite struct LayerNameTests {
    @Test(
        arguments: [
            ("x", .entry("x")), (".wh", .entry(".wh")), (".whx", .entry(".whx")), ("a.wh.b", .entry("a.wh.b")),
            (".wh.x", .whiteout("x")), (".wh....", .whiteout("...")), (".wh..x", .whiteout(".x")),
            (".wh..wh..opq", .opaqueDirectory), (".wh..wh.foo", .bookkeeping), (".wh..wh.plnk", .bookkeeping),
            (".wh..wh.aufs", .bookkeeping), (".wh..wh..opqx", .bookkeeping), ("d/.wh.x", .whiteout("x")),
            (".wh..wh.plnk/7.8", .bookkeeping), (".wh..wh..opq/", .opaqueDirectory),
        ] as [(ByteString, LayerName)])
    func whiteoutsAreRecognised(name: ByteString, meaning: LayerName) throws {
        #expect(try LayerName(MemberName(name, limits: Limits())) == meaning)
    }

    /// A whiteout of `..` would remove the directory above the one it is in.
    @Test(arguments: [".wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b", ".wh..wh..opq/x"] as [ByteString])
    func whiteoutsOfNothingAreRefused(name: ByteString) throws {
        let name = try MemberName(name, limits: Limits())
        #expect(throws: InvalidArchive.self) { try LayerName(name) }
    }
}
