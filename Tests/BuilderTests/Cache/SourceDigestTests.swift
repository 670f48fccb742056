import Digests
import Diagnostics
import Foundation
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Builder

/// What counts of files that images import, and when they are read again.
@Suite struct SourceDigestTests {
    private final class Workplace: Sendable {
        let path: FilePath
        init() throws {
            var template = Array("/tmp/stacker-source.XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
            path = FilePath(platformString: template)
        }
        deinit { try? FileManager.default.removeItem(atPath: path.string) }
    }

    private let place: Workplace

    init() throws {
        place = try Workplace()
        try FileManager.default.createDirectory(
            atPath: place.path.appending("dir/sub").string, withIntermediateDirectories: true)
        try write("dir/a", "one")
        try write("dir/sub/b", "two")
        #expect(symlink("a", place.path.appending("dir/link").string) == 0)
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: place.path.appending(name).string))
    }

    private func fresh() -> SourceDigests { SourceDigests(index: FileIndex("files", in: nil)) }

    private func digest(_ name: String = "dir") throws -> Digest {
        try fresh().source(.init(path: place.path.appending(name))).content
    }

    /// Whoever waits to write to a pipe goes on as soon as anybody has it open to read.
    @Test func aPipeThatIsAnArchiveIsNotOpened() throws {
        let pipe = place.path.appending("pipe")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", "cd '\(place.path.string)'; echo > ready; exec 3> pipe; echo > opened"]
        try writer.run()
        func exists(_ name: String) -> Bool { access(place.path.appending(name).string, F_OK) == 0 }
        while !exists("ready") { usleep(5_000) }
        usleep(100_000)
        #expect(throws: SystemError.self) { try fresh().archive(pipe) }
        usleep(100_000)
        #expect(!exists("opened"))
        _ = try OwnedDescriptor.open(pipe, O_RDONLY | O_NONBLOCK)
        writer.waitUntilExit()
        #expect(exists("opened"))
    }

    @Test func timesAndPlacesDoNotCount() throws {
        let before = try digest()
        var times = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
        #expect(utimes(place.path.appending("dir/a").string, &times) == 0)
        #expect(try digest() == before)
        #expect(rename(place.path.appending("dir").string, place.path.appending("moved").string) == 0)
        #expect(try digest("moved") == before)
    }

    @Test func contentNamesModesKindsAndTargetsCount() throws {
        let path = place.path.appending("dir")
        var seen: Set<Digest> = [try digest()]
        try write("dir/a", "ONE")
        seen.insert(try digest())
        #expect(chmod(path.appending("a").string, 0o600) == 0)
        seen.insert(try digest())
        #expect(rename(path.appending("a").string, path.appending("c").string) == 0)
        seen.insert(try digest())
        #expect(unlink(path.appending("link").string) == 0 && symlink("c", path.appending("link").string) == 0)
        seen.insert(try digest())
        #expect(chmod(path.appending("sub").string, 0o700) == 0)
        seen.insert(try digest())
        #expect(mkdir(path.appending("empty").string, 0o755) == 0)
        seen.insert(try digest())
        try write("dir/sub/e", "")
        seen.insert(try digest())
        #expect(seen.count == 8)
    }

    @Test func aListingTellsWhichFilesChanged() throws {
        let before = try #require(try fresh().source(.init(path: place.path.appending("dir"))).listing)
        try write("dir/sub/b", "TWO")
        try write("dir/new", "")
        #expect(unlink(place.path.appending("dir/a").string) == 0)
        let now = try #require(try fresh().source(.init(path: place.path.appending("dir"))).listing)
        #expect(now.changes(since: before) == ["a", "new", "sub/b"])
        #expect(try TreeListing(reading: now.bytes) == now)
    }

    @Test func aFileThatWasChangedInTheTickOfItsReadingIsReadAgain() throws {
        let stamp = FileStamp(
            device: 1, inode: 1, size: 1, modified: .init(seconds: 5, nanoseconds: 1),
            changed: .init(seconds: 10, nanoseconds: 500))
        #expect(!stamp.isOlder(than: .init(seconds: 10, nanoseconds: 500)))
        #expect(!stamp.isOlder(than: .init(seconds: 9, nanoseconds: 900)))
        #expect(stamp.isOlder(than: .init(seconds: 10, nanoseconds: 501)))
        // A file system that keeps whole seconds.
        let coarse = FileStamp(
            device: 1, inode: 1, size: 1, modified: .init(seconds: 5, nanoseconds: 0),
            changed: .init(seconds: 10, nanoseconds: 0))
        #expect(!coarse.isOlder(than: .init(seconds: 12, nanoseconds: 5)))
        #expect(coarse.isOlder(than: .init(seconds: 13, nanoseconds: 0)))
    }

    /// Content of the same length written again and again, each time in the tick of the last look.
    @Test func noChangeIsMissedHoweverFast() throws {
        let index = FileIndex("files", in: nil)
        let path = place.path.appending("dir/a")
        for round in 0..<300 {
            let text = String(1_000 + round)
            try write("dir/a", text)
            let expected = TreeListing([
                .init(
                    path: "", kind: .file, mode: 0o644, content: Digest(of: Array(text.utf8)).hex)
            ]).bytes
            #expect(chmod(path.string, 0o644) == 0)
            let found = try SourceDigests(index: index).source(.init(path: path)).content
            #expect(found == Digest(of: expected), "round \(round)")
        }
    }

    @Test func anUnchangedFileIsNotReadAgain() throws {
        let path = place.path.appending("dir/a")
        let folder = try OwnedDescriptor.open(directory: place.path.appending("dir"))
        let planted = Digest(of: Array("not read".utf8))
        let index = FileIndex("files", in: nil)
        index.remember(ByteString(path), FileIndex.Entry(stamp: FileStamp(try folder.status(of: "a")), digest: planted))
        let source = try SourceDigests(index: index).source(.init(path: place.path.appending("dir")))
        #expect(source.listing?.entries.contains { $0.content == planted.hex } == true)
        try write("dir/a", "one")
        let again = try SourceDigests(index: index).source(.init(path: place.path.appending("dir")))
        #expect(again.listing?.entries.contains { $0.content == planted.hex } == false)
    }

    @Test func whatALinkLeadsToCountsWhereItIsFollowed() throws {
        let link = place.path.appending("way")
        #expect(symlink("dir", link.string) == 0)
        let whole = try fresh().source(.init(path: place.path.appending("dir"))).content
        #expect(try fresh().source(.init(path: link, followsLink: true)).content == whole)
        #expect(try fresh().source(.init(path: link)).content != whole)
    }

    @Test func anEditThatIsUndoneIsStillAnEdit() throws {
        let path = place.path.appending("dir")
        let digests = fresh()
        let before = try digests.source(.init(path: path))
        #expect(digests.isUnchanged(.init(path: path), since: before))
        try write("dir/a", "xxx")
        try write("dir/a", "one")
        #expect(try digest() == before.content)
        #expect(!digests.isUnchanged(.init(path: path), since: before))
    }

    @Test func theIndexIsReadAsItWasWrittenAndNotWrittenWithoutNeed() throws {
        let directory = try CacheDirectory(in: place.path.appending(".stacker"))
        let index = FileIndex("files", in: directory)
        usleep(50_000)
        _ = try SourceDigests(index: index).source(.init(path: place.path.appending("dir")))
        try index.save(in: directory)
        let file = place.path.appending(".stacker/cache/v1/files").string
        let first = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
        let second = FileIndex("files", in: directory)
        _ = try SourceDigests(index: second).source(.init(path: place.path.appending("dir")))
        try second.save(in: directory)
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int == first)
        let bytes = try #require(directory.read("files"))
        let entries = try FileIndex.entries(bytes)
        #expect(entries.count == 2 && FileIndex.bytes(entries) == bytes)
    }

    @Test(arguments: [0, 1, 3, 4, 8, 20, 60])
    func anIndexThatIsCutIsEmpty(_ length: Int) throws {
        let status = FileStamp(
            device: 1, inode: 2, size: 3, modified: .init(seconds: 1, nanoseconds: 2), changed: nil)
        let bytes = FileIndex.bytes(["a": FileIndex.Entry(stamp: status, digest: Digest(of: []))])
        #expect(throws: (any Error).self) { try FileIndex.entries(Array(bytes.prefix(length))) }
    }
}
