import Diagnostics
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// What names of members may say, and where files end up.
@Suite struct UnpackNamesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var code: String
        var build: @Sendable (inout TarBuilder) -> Void
        var testDescription: String { what }

        init(_ what: String, _ code: String, _ build: @escaping @Sendable (inout TarBuilder) -> Void) {
            (self.what, self.code, self.build) = (what, code, build)
        }
    }

    private static let rows: [Row] = [
        Row("an absolute name", "OK") { $0.file("/etc/x") },
        Row("many slashes", "OK") { $0.file("///x") },
        Row("the directory above", "REJ") { $0.file("../x") },
        Row("above through a directory", "REJ") { $0.file("a/../../x") },
        Row("above, but inside", "REJ") { $0.file("a/../b") },
        Row("above and a combining character", "REJ") { $0.file("../\u{301}x") },
        Row("an empty name", "REJ") { $0.file("") },
        Row("the root as a directory", "OK") { $0.directory("./") },
        Row("the root as a file", "REJ") { $0.file("/.") },
        // CVE-2021-29136
        Row("the root as a symbolic link", "REJ") { $0.symbolicLink("/.", to: "/tmp") },
        Row("the root as a hard link", "REJ") { $0.hardLink(".", to: "x") },
        Row("the root as a FIFO", "REJ") { $0.add("./", type: "6") },
        Row("a name with line breaks", "OK") { $0.file("a\r\nb\u{1b}[2J\u{7f}") },
        Row("a backslash", "OK") { $0.file("..\\..\\x") },
        Row("bytes that are no text", "OK") { $0.file(ByteString([0xc0, 0xaf, 0x78, 0xfe])) },
        Row("a part of 255 bytes", "OK") {
            $0.extended([("path", long(255))]); $0.file("x")
        },
        Row("a part of 256 bytes", "REJ") {
            $0.extended([("path", long(256))]); $0.file("x")
        },
        Row("NUL in a PAX path", "REJ") {
            $0.extended([("path", "a\u{0}b")]); $0.file("x")
        },
        Row("PAX path that goes up", "REJ") {
            $0.extended([("path", "../x")]); $0.file("y")
        },
        Row("PAX path that is empty", "REJ") {
            $0.extended([("path", "")]); $0.file("y")
        },
        Row("sparse name that goes up", "REJ") {
            $0.extended([("GNU.sparse.name", "../x"), ("GNU.sparse.size", "0"), ("GNU.sparse.map", "")])
            $0.file("y")
        },
        Row("a long name that goes up", "REJ") {
            $0.long("L", "a/../../x"); $0.file("y")
        },
        Row("a prefix that goes up", "REJ") {
            $0.add("x") { TarBuilder.put(Array("../y".utf8), at: 345, in: &$0) }
        },
        Row("prefix and name of 256 bytes", "OK") {
            $0.add(ByteString(String(repeating: "n", count: 100))) {
                TarBuilder.put([UInt8](repeating: 0x70, count: 155), at: 345, in: &$0)
            }
        },
        Row("a file name with a slash at its end", "REJ") { $0.file("f/") },
        Row("an old file name with a slash at its end is a directory", "OK") { $0.add("f/", type: "\u{0}") },
        Row("a directory name without a slash", "OK") { $0.directory("d") },
        Row("a symbolic link with a slash at its end", "REJ") { $0.symbolicLink("s/", to: "x") },
        Row("an empty link target", "REJ") { $0.symbolicLink("s", to: "") },
        Row("a link target of 4095 bytes", "OK") {
            $0.extended([("linkpath", long(4095))]); $0.symbolicLink("s", to: "x")
        },
        Row("a link target of 4096 bytes", "REJ") {
            $0.extended([("linkpath", long(4096))]); $0.symbolicLink("s", to: "x")
        },
        Row("NUL in a link target", "REJ") {
            $0.extended([("linkpath", "a\u{0}b")]); $0.symbolicLink("s", to: "x")
        },
        Row("the same file twice", "OK+W") {
            $0.file("f", "1"); $0.file("f", "2")
        },
        Row("the same directory twice", "OK") {
            $0.directory("d"); $0.directory("d/")
        },
        Row("a file below a file", "REJ") {
            $0.file("f"); $0.file("f/x")
        },
        Row("composed and decomposed", "OK") {
            $0.file("caf\u{e9}"); $0.file("cafe\u{301}")
        },
        Row("capital and small", "OK") {
            $0.file("A"); $0.file("a")
        },
    ]

    private static func long(_ count: Int) -> ByteString { ByteString([UInt8](repeating: 0x61, count: count)) }

    @Test(arguments: rows, [UnpackJob.Form.overlay, .merged])
    func namesHaveThisOutcome(row: Row, form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome(form, row.build)
        #expect(outcome.code == row.code, "\(outcome)")
        try destination.expectNothingOutside()
    }

    @Test func spellingsOfOneNameAreOneFile() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            for name in ["./a/b", "a//b", "/a/./b", "a/b"] as [ByteString] { $0.file(name, "same") }
        }
        #expect(outcome == .warned("members that the archive has twice; the last one was kept: a//b and 2 more"))
        #expect(try destination.shell("find . | sort | tr '\\n' ' '") == ". ./a ./a/b ")
    }

    @Test func allBytesButSlashAndNULMayBeANameOfTheirOwn() throws {
        let destination = try UnpackDestination()
        let names = (1...255).filter { $0 != 0x2f && $0 != 0x2e }.map { ByteString([UInt8($0)]) }
        #expect(try destination.outcome { for name in names { $0.file(name) } } == .unpacked)
        #expect(try destination.shell("ls -fA | wc -l") != "0\n")
        #expect(try destination.shell("find . -type f -printf x | wc -c") == "\(names.count)\n")
    }

    @Test func deepNamesWorkUpToTheLimit() throws {
        let destination = try UnpackDestination()
        let deep = ByteString(Array([[UInt8]](repeating: [0x64, 0x65], count: 1_999).joined(separator: [0x2f])))
        let outcome = try destination.outcome {
            $0.extended([("path", ByteString(deep.bytes + Array("/f".utf8)))])
            $0.file("x", "deep")
            $0.extended([("path", ByteString(deep.bytes + Array("/g".utf8)))])
            $0.file("x", "deep too")
            $0.file("de/shallow")
        }
        #expect(outcome == .unpacked)
        #expect(try destination.shell("find . -name '[fg]' | wc -l") == "2\n")
    }

    @Test func tooDeepAndTooLongNamesAreALimit() throws {
        let destination = try UnpackDestination()
        for path in [
            ByteString(String(repeating: "d/", count: 2_001)), ByteString(String(repeating: "d/", count: 32_768)),
        ] {
            let outcome = try destination.outcome {
                $0.extended([("path", path)]); $0.directory("x")
            }
            #expect(outcome.errorClass == .limit)
        }
    }

    @Test func aMessageEscapesAndShortensTheName() throws {
        let destination = try UnpackDestination()
        let name = ByteString("\u{1b}[31m" + String(repeating: "x/", count: 1_000) + "..")
        let outcome = try destination.outcome {
            $0.extended([("path", name)]); $0.file("f")
        }
        guard case .failed(.rejected, let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.utf8.count < 600)
        #expect(!text.utf8.contains(0x1b))
        #expect(text.hasSuffix("the name goes up with \"..\""))
    }
}
