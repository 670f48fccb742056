import Builder
import Diagnostics
import SystemPackage
import Testing

@testable import stacker

@Suite struct `The three directories` {
    private func chosen(_ choice: DirectoryChoice) throws(Failure) -> Directories {
        try choice.directories { () throws(Failure) in "/here" }
    }

    @Test(arguments: [
        (DirectoryChoice(), Directories(stacker: "/here/.stacker", oci: "/here/oci", roots: "/here/roots")),
        (DirectoryChoice(work: "/w"), Directories(stacker: "/w/.stacker", oci: "/w/oci", roots: "/w/roots")),
        (
            DirectoryChoice(work: "w"),
            Directories(stacker: "/here/w/.stacker", oci: "/here/w/oci", roots: "/here/w/roots")
        ),
        (
            DirectoryChoice(work: "/w", stacker: "s", oci: "/o", roots: "../r"),
            Directories(stacker: "/here/s", oci: "/o", roots: "/here/../r")
        ),
        (
            DirectoryChoice(stacker: "a b", oci: "a,b\\c", roots: "a\nb"),
            Directories(stacker: "/here/a b", oci: "/here/a,b\\c", roots: "/here/a\nb")
        ),
        (
            DirectoryChoice(stacker: "/s", oci: "/s1", roots: "/s/../s2"),
            Directories(stacker: "/s", oci: "/s1", roots: "/s/../s2")
        ),
    ])
    func `are what was given, else the default below the work directory`(
        _ choice: DirectoryChoice, _ expected: Directories
    ) throws {
        #expect(try chosen(choice) == expected)
    }

    @Test(arguments: [
        (DirectoryChoice(roots: "a:b"), "a colon in --roots-dir is forbidden: a:b"),
        (DirectoryChoice(roots: "a:\u{301}b"), "a colon in --roots-dir is forbidden: a:\u{301}b"),
        (DirectoryChoice(work: "a:b"), "a colon in --roots-dir is forbidden: a:b/roots"),
        (DirectoryChoice(roots: "/"), "--roots-dir cannot be /"),
        (DirectoryChoice(oci: "/x/.."), "--oci-dir cannot be /x/.."),
        (DirectoryChoice(stacker: "/proc/self"), "--stacker-dir cannot be /proc/self"),
        (DirectoryChoice(oci: "roots"), "--roots-dir is inside --oci-dir, or the same: /here/roots"),
        (DirectoryChoice(stacker: "."), "--oci-dir is inside --stacker-dir, or the same: /here/oci"),
        (DirectoryChoice(roots: "oci/../oci/r"), "--roots-dir is inside --oci-dir, or the same: /here/oci/../oci/r"),
    ])
    func `are refused where they would get into each other's way`(_ choice: DirectoryChoice, _ message: String) {
        let failure = #expect(throws: Failure.self) { try chosen(choice) }
        #expect(failure?.summary == message)
    }

    @Test func `need no working directory when all are absolute`() throws {
        _ = try DirectoryChoice(work: "/w").directories { () throws(Failure) in throw Failure("asked") }
        #expect(throws: Failure.self) {
            try DirectoryChoice(oci: "o").directories { () throws(Failure) in throw Failure("asked") }
        }
    }
}
