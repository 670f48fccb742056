import Diagnostics
import HelperProtocol
import TestSupport
import Testing

@testable import Layers

/// Links must never lead out of the root: CVE-2014-6407, CVE-2014-9356, CVE-2021-32803 and their like.
@Suite(.serialized) struct UnpackLinksTests {
    private static let forms = [UnpackJob.Form.overlay, .merged]

    @Test(arguments: forms)
    func aFileThroughALinkLandsInside(form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        let outcome = try destination.outcome(form) {
            $0.symbolicLink("a", to: canary)
            $0.file("a/x", "data")
            $0.symbolicLink("up", to: "../../../..")
            $0.file("up/up/up/y", "data")
            $0.symbolicLink("magic", to: "/proc/self/root")
            $0.file("magic/z", "data")
        }
        #expect(outcome == .unpacked)
        try destination.expectNothingOutside()
        #expect(try destination.shell("cat .\(canary)/x y proc/self/root/z") == "datadatadata")
    }

    @Test(arguments: forms)
    func aLinkThatReplacesADirectoryIsFollowedInside(form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        let outcome = try destination.outcome(form) {
            $0.directory("d")
            $0.file("d/before")
            $0.symbolicLink("d", to: canary)
            $0.file("d/f", "inside")
            $0.file("d/./f2")
            $0.file("d//f3")
        }
        #expect(outcome.code == "OK+W")
        try destination.expectNothingOutside()
        #expect(try destination.shell("readlink d; ls .\(canary)") == "\(canary)\nf\nf2\nf3\n")
    }

    @Test(arguments: forms)
    func aDirectoryReplacesALinkAndLeavesItsTargetAlone(form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        // CVE-2026-33056: the mode must not reach what the link names.
        let outcome = try destination.outcome(form) {
            $0.directory("target", mode: 0o755)
            $0.symbolicLink("d", to: "target")
            $0.directory("d", mode: 0)
            $0.symbolicLink("e", to: canary)
            $0.directory("e", mode: 0o777)
            $0.symbolicLink("dangling", to: "/nope")
            $0.directory("dangling")
        }
        #expect(outcome == .unpacked)
        try destination.expectNothingOutside()
        #expect(try destination.shell("stat -c '%F %a' target d e") == "directory 755\ndirectory 0\ndirectory 777\n")
    }

    @Test(arguments: forms)
    func aFileReplacesALinkAndIsNotWrittenThroughIt(form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        let outcome = try destination.outcome(form) {
            $0.symbolicLink("f", to: ByteString(canary.bytes + Array("/f".utf8)))
            $0.file("f", "new")
            $0.file("one", "old")
            $0.hardLink("two", to: "one")
            $0.file("two", "new")
        }
        #expect(outcome.code == "OK+W")
        try destination.expectNothingOutside()
        #expect(try destination.shell("cat f one two") == "newoldnew")
    }

    @Test func aLayerIsUnpackedBehindTheLinksOfAnEarlierOne() throws {
        // CVE-2025-45582: two archives, the first plants the link.
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        #expect(try destination.outcome(.merged) { $0.symbolicLink("d", to: canary) } == .unpacked)
        #expect(try destination.outcome(.merged) { $0.file("d/x", "inside") } == .unpacked)
        try destination.expectNothingOutside()
        #expect(try destination.shell("cat .\(canary)/x") == "inside")
    }

    @Test(arguments: [(40, "OK"), (41, "REJ")])
    func aChainOfLinksIsFollowedAsFarAsTheKernelWould(length: Int, code: String) throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.directory("l0")
            for number in 1...length { $0.symbolicLink(ByteString("l\(number)"), to: ByteString("l\(number - 1)")) }
            $0.file(ByteString("l\(length)/f"))
        }
        #expect(outcome.code == code, "\(outcome)")
    }

    @Test func aLoopOfLinksIsRefused() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.symbolicLink("a", to: "b")
            $0.symbolicLink("b", to: "a")
            $0.file("a/x")
        }
        #expect(outcome == .failed(.rejected, "a/x: more than 40 symbolic links lead to it"))
    }

    @Test func linksThatMultiplyEachOtherEndQuickly() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.symbolicLink("s", to: ByteString(String(repeating: "./s/", count: 600)))
            $0.extended([("linkpath", ByteString(String(repeating: "d/../", count: 800)))])
            $0.symbolicLink("t", to: "x")
            $0.file("t/x")
            $0.file("s/x")
        }
        #expect(outcome.errorClass == .rejected || outcome.errorClass == .limit)
    }

    @Test func directoriesKeepTheirTimesWhateverHappensInThem() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.add("a/", type: "5", mode: 0o700, modified: 1_111)
            $0.add("a/b/", type: "5", mode: 0o755, modified: 2_222)
            $0.symbolicLink("a/b/up", to: "..")
            $0.file("a/b/up/x")
            $0.add("./", type: "5", mode: 0o750, modified: 3_333)
            $0.file("c/d/e/f")
            $0.file("a/b/later")
            $0.file("top")
            $0.hardLink("a/hard", to: "top")
            $0.add("late/", type: "5", mode: 0, modified: 4_444)
            $0.file("late/f")
            $0.hardLink("late/g", to: "a/b/later")
        }
        #expect(outcome == .unpacked)
        #expect(
            try destination.shell("stat -c '%n %a %Y' a a/b . late c c/d c/d/e")
                == "a 700 1111\na/b 755 2222\n. 750 3333\nlate 0 4444\nc 755 0\nc/d 755 0\nc/d/e 755 0\n")
    }

    struct HardLink: Sendable, CustomTestStringConvertible {
        var what: String
        var outcome: String
        var build: @Sendable (inout TarBuilder) -> Void
        var testDescription: String { what }
    }

    private static let hardLinks = [
        HardLink(what: "a host file", outcome: "not in this tree") { $0.hardLink("h", to: "/etc/passwd") },
        HardLink(what: "above", outcome: "goes up") { $0.hardLink("h", to: "../../etc/passwd") },
        HardLink(what: "in the middle", outcome: "goes up") {
            $0.file("x"); $0.hardLink("h", to: "a/../../x")
        },
        HardLink(what: "nothing", outcome: "empty") { $0.hardLink("h", to: "") },
        HardLink(what: "the root", outcome: "not in this tree") { $0.hardLink("h", to: "/") },
        HardLink(what: "itself", outcome: "itself") {
            $0.file("h"); $0.hardLink("./h", to: "/h")
        },
        HardLink(what: "a later member", outcome: "not in this tree") {
            $0.hardLink("h", to: "x"); $0.file("x")
        },
        HardLink(what: "a directory", outcome: "directory") {
            $0.directory("d"); $0.hardLink("h", to: "d")
        },
        HardLink(what: "a name with a slash", outcome: "not in this tree") {
            $0.file("x"); $0.hardLink("h", to: "x/")
        },
        HardLink(what: "PAX name of a host file", outcome: "not in this tree") {
            $0.extended([("linkpath", "/etc/passwd")])
            $0.hardLink("h", to: "x")
        },
        HardLink(what: "a host file through a link", outcome: "not in this tree") {
            $0.symbolicLink("s", to: "/etc")
            $0.hardLink("h", to: "s/passwd")
        },
        HardLink(what: "below a file", outcome: "not a directory") {
            $0.file("x"); $0.hardLink("h", to: "x/y")
        },
    ]

    @Test(arguments: hardLinks, forms)
    func hardLinksToOtherThingsAreRefused(row: HardLink, form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome(form, row.build)
        guard case .failed(.rejected, let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.contains(row.outcome))
        try destination.expectNothingOutside()
    }

    @Test(arguments: forms)
    func hardLinksNameTheEntryItself(form: UnpackJob.Form) throws {
        let destination = try UnpackDestination()
        let canary = destination.canaryPath
        let outcome = try destination.outcome(form) {
            $0.symbolicLink("s", to: ByteString(canary.bytes + Array("/f".utf8)))
            $0.hardLink("link-to-s", to: "s")
            $0.directory("real")
            $0.file("real/f", "text")
            $0.symbolicLink("dir", to: "/real")
            $0.hardLink("through", to: "dir/f")
            $0.hardLink("dir/beside", to: "/real/f")
        }
        #expect(outcome == .unpacked)
        try destination.expectNothingOutside()
        #expect(
            try destination.shell("readlink link-to-s; stat -c %h real/f; cat through real/beside")
                == "\(canary)/f\n3\ntexttext")
    }

    @Test func dataOfALinkIsPassedOverAndDoesNotReachItsTarget() throws {
        // CVE-2016-5418.
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.file("f", "kept")
            $0.add("h", type: "1", data: Array("overwritten".utf8), link: "f")
            $0.add("s", type: "2", data: Array("data".utf8), link: "f")
            $0.add("d", type: "5", data: [UInt8](repeating: 1, count: 1_000))
            $0.add("p", type: "6", data: [1])
            $0.file("last", "in step")
        }
        #expect(outcome == .unpacked)
        #expect(try destination.shell("cat f h last") == "keptkeptin step")
    }

    @Test func kindsReplaceEachOtherWithoutLeftovers() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.file("a", "file")
            $0.directory("a")
            $0.file("a/inside")
            $0.directory("b/deep/er")
            $0.file("b/deep/er/f")
            $0.file("b/deep/er/g")
            $0.file("b", "file")
            $0.add("a/inside", type: "6")
        }
        #expect(outcome.code == "OK+W")
        #expect(try destination.shell("find . -printf '%P %y\\n' | sort | tr '\\n' ';'") == " d;a d;a/inside p;b f;")
    }

    @Test func aDeepTreeIsReplacedWithoutRecursion() throws {
        let destination = try UnpackDestination()
        let deep = ByteString(String(repeating: "d/", count: 1_500) + "f")
        let outcome = try destination.outcome {
            $0.extended([("path", deep)])
            $0.file("x")
            $0.file("d", "short")
        }
        #expect(outcome.code == "OK+W")
        #expect(try destination.shell("cat d; ls -A") == "shortd\n")
    }
}
