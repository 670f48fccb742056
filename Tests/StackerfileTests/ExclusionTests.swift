import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `An exclusion` {
    private func excludes(_ patterns: [String], _ path: String) throws -> Bool {
        let isDirectory = path.hasSuffix("/")
        let bytes = Array(path.utf8)
        return try Exclusions(patterns.map { try ExclusionPattern(ByteString($0)) })
            .excludes(ByteString(isDirectory ? Array(bytes.dropLast()) : bytes), isDirectory: isDirectory)
    }

    @Test(
        arguments: [
            ("*.o", ["a.o", ".o", "x/y/a.o", "a.o/"], ["a.oo", "a.o/b", "o"]),
            ("/a", ["a", "a/"], ["x/a", "ab"]), ("a/b", ["a/b"], ["x/a/b", "a/x/b", "a"]),
            ("build/", ["build/", "x/build/"], ["build", "builds/"]), ("/build/", ["build/"], ["x/build/", "build"]),
            ("**/a", ["a", "x/a", "x/y/a"], ["xa", "a/b"]), ("a/**", ["a/b", "a/b/c"], ["a", "a/", "b/a/c"]),
            ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "b", "x/a/b"]), ("**", ["a", "a/b"], []),
            ("a**b", ["ab", "axxb"], ["a/b"]), ("a?c", ["abc", "a\u{7f}c"], ["ac", "a/c", "aéc"]),
            ("[a-c]x", ["ax", "cx"], ["dx", "x"]), ("[!a-c]x", ["dx"], ["ax", "x"]), ("[]]", ["]"], ["a"]),
            ("[\\]a-]", ["]", "-", "a"], ["b"]), ("\\*", ["*"], ["a"]), ("\\!a", ["!a"], ["a"]),
            ("\\#a", ["#a"], ["a"]),
            ("a  ", ["a"], ["a  "]), ("a\\ ", ["a "], ["a"]), ("é*", ["éa"], ["a"]), (".*", [".a", "b/.c"], ["a"]),
        ] as [(String, [String], [String])])
    func `leaves out what matches`(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        for path in matching { #expect(try excludes([pattern], path), "\(path)") }
        for path in others { #expect(try !excludes([pattern], path), "\(path)") }
    }

    @Test func `is overruled by a later one`() throws {
        #expect(try !excludes(["*.o", "!a.o"], "a.o") && excludes(["*.o", "!a.o"], "b.o"))
        #expect(try excludes(["!a.o", "*.o"], "a.o"))
    }

    @Test func `is over bytes`() throws {
        let pattern = try ExclusionPattern(ByteString([0xff, 0x3f]))
        #expect(Exclusions([pattern]).excludes(ByteString([0xff, 0xfe]), isDirectory: false))
    }

    @Test func `takes bounded time`() throws {
        let stars = String(repeating: "*a", count: 2_000)
        #expect(try !excludes([stars + "b"], String(repeating: "a", count: 4_000)))
        let names = String(repeating: "**/a/", count: 800)
        #expect(try !excludes([names + "b"], String(repeating: "a/", count: 2_000) + "c"))
    }

    @Test(
        arguments: [
            ("", .empty), ("/", .empty), ("!", .empty), ("a//b", .empty), ("  ", .empty), ("[a", .openBracket),
            ("[]", .openBracket), ("[\\", .openBracket), ("a\\", .backslashAtEnd), ("./a", .dots), ("a/../b", .dots),
            ("a\nb", .lineBreak),
        ] as [(String, ExclusionPattern.Invalid)])
    func `is refused where it says nothing`(_ text: String, _ reason: ExclusionPattern.Invalid) {
        #expect(throws: reason) { _ = try ExclusionPattern(ByteString(text)) }
    }

    @Test func `is refused where it is too long`() {
        #expect(throws: ExclusionPattern.Invalid.tooLong) {
            _ = try ExclusionPattern(ByteString(String(repeating: "a", count: 5_000)))
        }
    }

    @Test func `of a file is a line`() throws {
        let file = try Exclusions(file: Array("# a\n\n*.o\r\n\t\n!/keep.o\n \\#x".utf8))
        #expect(file.patterns.count == 3)
        #expect(file.excludes("a/b.o", isDirectory: false) && !file.excludes("keep.o", isDirectory: false))
        #expect(file.excludes(".stackerignore", isDirectory: false))
        #expect(!file.excludes("a/.stackerignore", isDirectory: false))
        #expect(throws: Exclusions.Invalid(line: 2, message: "a '[' is not closed in the pattern")) {
            _ = try Exclusions(file: Array("a\n[b\n".utf8))
        }
        var limits = Limits()
        limits.exclusions = 1
        #expect(throws: Exclusions.Invalid(line: 3, message: "more than 1 patterns")) {
            _ = try Exclusions(file: Array("a\n#\nb\n".utf8), limits: limits)
        }
    }

    @Test(
        arguments: [
            ("exclude: a", "3:34: error: 'exclude' expected an array"),
            ("exclude: [a, 1]", "3:38: error: a pattern of 'exclude' is an int"),
            ("exclude: [a, '[b']", "3:38: error: a '[' is not closed in the pattern"),
            ("exclude: ['']", "3:35: error: the pattern has no name in it"),
            ("exclud: [a]", nil), ("exclude: ", nil), ("exclude: ['*.o', '!a']", nil),
        ] as [(String, String?)])
    func `is read with its position`(_ field: String, _ message: String?) throws {
        let text = "app:\n  from: {type: scratch}\n  imports: [{path: dir, \(field)}]\n"
        do {
            _ = try StackerfileParser.parse(Array(text.utf8), file: "f")
            #expect(message == nil)
        } catch {
            #expect(error.description.hasPrefix("f:\(message ?? "no error")"), "\(error)")
        }
    }

    @Test func `is not for other images`() {
        let text =
            "a:\n  from: {type: scratch}\nb:\n  from: {type: scratch}\n  imports:\n    - {path: stacker://a/d, exclude: [x]}\n"
        #expect(throws: StackerfileErrors.self) { _ = try StackerfileParser.parse(Array(text.utf8), file: "f") }
    }
}
