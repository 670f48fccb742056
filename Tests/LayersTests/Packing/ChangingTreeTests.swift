import Diagnostics
import Foundation
import HelperProtocol
import LinuxSystem
import Testing

@testable import Layers

/// The archive goes into a pipe that nobody empties, so that packing stands still in the middle of a big file.
@Suite struct ChangingTreeTests {
    /// Larger than all that the stages and the pipe can hold.
    private static let big = 40 << 20

    /// Packs a tree, runs `change` while the first file is being read, and returns how packing ended.
    private static func pack(
        _ compression: PackJob.Compression, with prepare: String = "true", changing change: String
    ) throws -> Result<PackResult, any Error> {
        let root = try PackingRoot()
        try root.shell("truncate -s \(big) upper/big; mkdir upper/z; echo 1 > upper/z/f; \(prepare)")
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let reader = OwnedDescriptor(adopting: ends[0])
        let writer = OwnedDescriptor(adopting: ends[1])
        let team = try ThreadTeam(threads: 1)
        let job = PackJob(archive: writer.raw, compression: compression, hasLower: false, threads: 1)
        let raw = writer.release()
        let packing = team.start {
            // Closed when packing has ended, so that the reader sees the end.
            let archive = OwnedDescriptor(adopting: raw)
            return try root.pack(job, to: archive)
        }
        _ = try reader.read(upTo: 4_096)
        let changed = Result { try root.shell(change) }
        while try !reader.read(upTo: 1 << 20).isEmpty {}
        _ = try changed.get()
        return Result { try packing.value() }
    }

    @Test(arguments: [
        "truncate -s 100 upper/big", "truncate -s +1 upper/big", "echo x >> upper/big", "touch upper/big",
        "printf x | dd of=upper/big conv=notrunc status=none",
    ])
    func aFileThatChangesWhileItIsReadIsAnError(_ change: String) throws {
        let failure = try #require(throws: Failure.self) { try Self.pack(.none, changing: change).get() }
        #expect(failure.description.contains("big changed while it was packed"))
        #expect(failure.errorClass == .failure)
    }

    @Test(arguments: ["touch upper/z/new", "rm upper/z/f", "touch upper/new", "rm -r upper/z", "rmdir upper/y"])
    func aDirectoryThatChangesIsAnError(_ change: String) throws {
        // `z` has been listed by nobody yet when the change comes, so only the root's own change shows there.
        let inRoot = !change.contains("upper/z/")
        let result = try Self.pack(.none, with: "mkdir upper/y", changing: change)
        guard inRoot else {
            #expect(throws: Never.self) { try result.get() }
            return
        }
        let failure = try #require(throws: Failure.self) { try result.get() }
        #expect(failure.description.contains("changed while it was packed"))
    }

    @Test(arguments: [
        "rm upper/n; ln -s big upper/n", "rm upper/n; mkfifo upper/n", "rm upper/n; mkdir upper/n", "rm upper/n",
    ])
    func aFileThatBecomesSomethingElseIsAnError(_ change: String) throws {
        let failure = try #require(throws: Failure.self) {
            try Self.pack(.none, with: "touch upper/n", changing: change).get()
        }
        #expect(failure.description.contains("n changed while it was packed"))
    }

    @Test func nothingIsWrongWithATreeAtRest() throws {
        #expect(try Self.pack(.none, changing: "true").get().entries == 3)
    }
}
