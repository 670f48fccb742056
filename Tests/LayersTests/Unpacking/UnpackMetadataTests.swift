import Digests
import Diagnostics
import HelperProtocol
import SystemPackage
import TestSupport
import Testing

@testable import Layers

@Suite struct UnpackMetadataTests {
    @Test(.requiresRoot) func ownersModesAndTimesAreExact() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.add("suid", mode: 0o7777, user: 1_000, group: 65_534, modified: 0)
            $0.extended([("uid", "4294967294"), ("gid", "2147483648"), ("mtime", "-1.25")])
            $0.add("big")
            $0.extended([("mtime", "1234567890.123456789")])
            $0.add("link", type: "2", link: "x", user: 5, group: 6)
            $0.add("dir", type: "5", mode: 0o3750, user: 7, group: 8)
            $0.add("dir/f", mode: 0, user: 9, group: 10)
            $0.add("p", type: "6", mode: 0o4622, user: 11, group: 12)
        }
        #expect(outcome == .unpacked)
        #expect(
            try destination.shell("stat -c '%n %a %u %g %.9Y' suid big link dir dir/f p") == """
                suid 7777 1000 65534 0.000000000
                big 644 4294967294 2147483648 -1.250000000
                link 777 5 6 1234567890.123456789
                dir 3750 7 8 1000000000.000000000
                dir/f 0 9 10 1000000000.000000000
                p 4622 11 12 1000000000.000000000

                """)
    }

    @Test(
        arguments: ["uid", "gid"] as [ByteString], ["4294967295", "4294967296", "9223372036854775807"] as [ByteString])
    func idsThatCannotBeAreRefusedByName(key: ByteString, value: ByteString) throws {
        let outcome = try UnpackDestination().outcome {
            $0.extended([(key, value)]); $0.file("x")
        }
        guard case .failed(.rejected, let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(text.hasPrefix("x: its owner") && text.contains(value.description))
    }

    @Test func attributesOfFilesAndDirectoriesArrive() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.extended([("SCHILY.xattr.user.a", "1\u{0}2\n="), ("SCHILY.xattr.user.b", "")])
            $0.file("f")
            $0.extended([("SCHILY.xattr.user.a", "3"), ("LIBARCHIVE.xattr.user.a", "Mw")])
            $0.directory("d")
        }
        #expect(outcome == .unpacked)
        #expect(
            try destination.shell("getfattr -e hex -d f d | grep =")
                == "user.a=0x3100320a3d\nuser.b\nuser.a=0x33\n"
                .replacing("user.b\n", with: "user.b=0x\n"))
    }

    @Test func aDirectoryOfAMergedTreeIsDescribedAnew() throws {
        let destination = try UnpackDestination()
        for value in ["a", "b"] as [ByteString] {
            let name = ByteString(Array("SCHILY.xattr.user.".utf8) + value.bytes)
            let outcome = try destination.outcome(.merged) {
                $0.extended([(name, "1")])
                $0.directory("d", mode: value == "a" ? 0o755 : 0o700)
            }
            #expect(outcome == .unpacked)
        }
        #expect(try destination.shell("getfattr -d d | grep =; stat -c %a d") == "user.b=\"1\"\n700\n")
    }

    @Test(.requiresRoot) func rootMakesDeviceNodes() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            for (name, type) in [("null", "3"), ("loop", "4")] as [(ByteString, Character)] {
                $0.add(name, type: type, mode: 0o620, user: 3, group: 4) {
                    TarBuilder.put(Array("0000007".utf8), at: 329, in: &$0)
                    TarBuilder.put(Array("0000003".utf8), at: 337, in: &$0)
                }
            }
        }
        #expect(outcome == .unpacked)
        #expect(
            try destination.shell("stat -c '%n %F %t:%T %a %u %g %Y' null loop") == """
                null character special file 7:3 620 3 4 1000000000
                loop block special file 7:3 620 3 4 1000000000

                """)
    }

    @Test(.requiresUser) func withoutPrivilegeDevicesBecomeEmptyFiles() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            for name in ["one", "two"] as [ByteString] {
                $0.add(name, type: "3") { TarBuilder.put(Array("0000001".utf8), at: 329, in: &$0) }
            }
        }
        #expect(outcome == .warned("device nodes cannot be made here and became empty files: one and 1 more"))
        #expect(try destination.shell("stat -c '%F %a' one two | uniq") == "regular empty file 0\n")
    }

    @Test(.requiresRoot) func aDirectoryWithoutAnyPermissionIsFilledAllTheSame() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome {
            $0.add("./", type: "5", mode: 0, user: 65_534, group: 65_534)
            $0.directory("d", mode: 0)
            $0.file("d/f")
            $0.file("e")
        }
        #expect(outcome == .unpacked)
        #expect(try destination.shell("stat -c '%n %a %u' . d d/f") == ". 0 65534\nd 0 0\nd/f 644 0\n")
    }

    @Test(.soak) func manyLinksToOneFileAreALimitOfTheFileSystem() throws {
        let destination = try UnpackDestination()
        // ext4 stops at 65 000; other file systems take more.
        let outcome = try destination.outcome {
            $0.file("f")
            for number in 0..<70_000 { $0.hardLink(ByteString("h\(number)"), to: "f") }
        }
        #expect(outcome == .unpacked || outcome.text.hasSuffix("f has as many hard links as the file system allows"))
        #expect(outcome == .unpacked || outcome.errorClass == .limit)
    }

    @Test func oneNameManyTimesTakesNoLongerThanManyNames() throws {
        let destination = try UnpackDestination()
        let outcome = try destination.outcome { for _ in 0..<3_000 { $0.file("f", "x") } }
        #expect(outcome == .warned("members that the archive has twice; the last one was kept: f and 2998 more"))
    }

    @Test func theResultSaysWhatWasRead() throws {
        let destination = try UnpackDestination()
        let archive = TarBuilder {
            $0.directory("d"); $0.file("d/.wh.x"); $0.extended([("mtime", "1")]); $0.file("f")
        }.finished
        let digest = SHA256()
        digest.update(archive)
        let text = digest.finish().description
        let result = try destination.unpack(archive, .merged)
        #expect(
            result
                == UnpackResult(digest: text, diffID: text, size: UInt64(archive.count), entries: 3, warnings: []))
    }

    @Test func anotherArchiveThanPromisedIsRefusedWithBothNames() throws {
        let archive = TarBuilder { $0.file("f") }.finished
        let size = UInt64(archive.count)
        let digest = SHA256()
        digest.update(archive)
        let real = digest.finish().description
        let other = "sha256:" + String(repeating: "0", count: 64)
        let rows: [(UnpackJob.Expected, String?)] = [
            (.init(digest: real, size: size, diffID: real), nil),
            (.init(digest: other, size: size, diffID: real), "the archive is \(real), but should be \(other)"),
            (
                .init(digest: real, size: size, diffID: other),
                "the content of the archive is \(real), but should be \(other)"
            ),
            (
                .init(digest: real, size: size + 1, diffID: real),
                "the archive has \(size) bytes, but should have \(size + 1)"
            ),
            (
                .init(digest: real, size: size - 1, diffID: real),
                "the archive is longer than the \(size - 1) bytes it should have"
            ),
        ]
        for (expected, message) in rows {
            let destination = try UnpackDestination()
            guard let message else {
                #expect(try destination.unpack(archive, expected: expected).digest == real)
                continue
            }
            let failure = #expect(throws: Failure.self) { try destination.unpack(archive, expected: expected) }
            #expect(failure?.errorClass == .rejected)
            #expect(failure?.description == message)
        }
    }
}
