import Diagnostics
import Foundation
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Builder

/// Entries that are damaged, or that stacker did not make, are no entries; none of them is an error.
@Suite struct CacheDirectoryTests {
    private let temporary: Workplace

    /// A directory that is removed with the test.
    private final class Workplace: Sendable {
        let path: FilePath
        init() throws {
            var template = Array("/tmp/stacker-cache.XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
            path = FilePath(platformString: template)
        }
        deinit { try? FileManager.default.removeItem(atPath: path.string) }
    }

    init() throws { temporary = try Workplace() }

    private var entry: String { temporary.path.appending(".stacker/cache/v1/key").string }
    private var stacker: FilePath { temporary.path.appending(".stacker") }
    private static let content = Array("{\"kind\":\"image\"}".utf8)

    private func open() throws -> CacheDirectory { try CacheDirectory(in: stacker) }

    private func filled() throws -> CacheDirectory {
        let cache = try open()
        try cache.write("key", Self.content)
        return cache
    }

    @Test func whatIsWrittenIsReadAgainAlsoByTheNextBuild() throws {
        _ = try filled()
        #expect(try open().read("key") == Self.content)
        #expect(try open().read("other") == nil)
        #expect(try open().read("key", in: .names) == nil)
    }

    @Test func everyFlippedBitAndEveryCutIsNoticed() throws {
        let cache = try filled()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: entry)))
        for index in bytes.indices {
            for bit in [0, 3, 7] {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                #expect(CacheDirectory.content(of: damaged, under: "key") == nil, "byte \(index), bit \(bit)")
            }
            #expect(CacheDirectory.content(of: Array(bytes.prefix(index)), under: "key") == nil, "\(index) bytes")
        }
        #expect(CacheDirectory.content(of: bytes + [0], under: "key") == nil)
        #expect(CacheDirectory.content(of: bytes, under: "kez") == nil)
        #expect(cache.read("key") == Self.content)
    }

    @Test(arguments: ["symlink", "dangling", "directory", "full directory", "fifo", "empty", "huge"])
    func whatIsNoFileOfOursIsNoEntryAndIsReplaced(_ kind: String) throws {
        let cache = try filled()
        let good = try Data(contentsOf: URL(fileURLWithPath: entry))
        let elsewhere = temporary.path.appending("elsewhere").string
        #expect(unlink(entry) == 0)
        switch kind {
        case "symlink":
            try good.write(to: URL(fileURLWithPath: elsewhere))
            #expect(symlink(elsewhere, entry) == 0)
        case "dangling": #expect(symlink(elsewhere, entry) == 0)
        case "directory": #expect(mkdir(entry, 0o755) == 0)
        case "full directory":
            #expect(mkdir(entry, 0o755) == 0 && mkdir(entry + "/sub", 0o755) == 0)
        case "fifo": #expect(mkfifo(entry, 0o644) == 0)
        case "empty": try Data().write(to: URL(fileURLWithPath: entry))
        default:
            try Data().write(to: URL(fileURLWithPath: entry))
            #expect(truncate(entry, off_t(CacheDirectory.limit) + 1) == 0)
        }
        #expect(cache.read("key") == nil)
        try cache.write("key", Self.content)
        #expect(cache.read("key") == Self.content)
        if kind == "symlink" { #expect(try Data(contentsOf: URL(fileURLWithPath: elsewhere)) == good) }
        if kind == "dangling" { #expect(access(elsewhere, F_OK) != 0) }
    }

    @Test(.requiresRoot) func whatSomebodyElseOwnsIsNoEntry() throws {
        let cache = try filled()
        #expect(chown(entry, 65_534, 65_534) == 0)
        #expect(cache.read("key") == nil)
    }

    @Test(arguments: [".stacker/cache", ".stacker/cache/v1", ".stacker/cache/v1/names"])
    func aLinkInPlaceOfTheDirectoryIsNotFollowed(_ name: String) throws {
        let path = temporary.path.appending(name)
        let elsewhere = temporary.path.appending("elsewhere").string
        #expect(mkdir(elsewhere, 0o755) == 0)
        try FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        #expect(symlink(elsewhere, path.string) == 0)
        #expect(throws: (any Error).self) { try open() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
    }

    @Test func whatAKilledBuildLeftIsRemoved() throws {
        let cache = try filled()
        let left = temporary.path.appending(".stacker/cache/v1/.tmp.abc").string
        try Data().write(to: URL(fileURLWithPath: left))
        try cache.removeAbandonedFiles()
        #expect(access(left, F_OK) != 0 && cache.read("key") == Self.content)
    }
}
