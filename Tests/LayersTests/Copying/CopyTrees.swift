import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Layers

/// A directory with `source`, `target`, and `canary` beside them, which no copy may see or touch.
final class CopyTrees {
    private let directory: TemporaryDirectory

    init(_ script: String = "") throws {
        directory = try TemporaryDirectory("stacker-copy")
        try shell(
            "umask 022; mkdir source target canary; echo secret > canary/f; ln -s ../canary source/out; ln -s ../canary target/out"
        )
        try shell("umask 022; \(script)")
    }

    var root: FilePath { directory.path }

    /// Where the canary is, absolute.
    var canary: String { directory.path.appending("canary").string }

    /// Copies with what is given, else as an import with a destination, with the owner of the tests.
    @discardableResult
    func copy(
        _ path: ByteString, to destination: ByteString, _ manner: CopyJob.Manner = .overlay,
        takesContents: Bool = false,
        followsLink: Bool = false, mode: UInt32? = nil, keepsAttributes: Bool = true, limits: Limits = Limits(),
        staged: ByteString? = nil
    ) throws -> CopyResult {
        var job = CopyJob(
            path: path, takesContents: takesContents, followsLink: followsLink, destination: destination,
            manner: manner, user: geteuid(), group: getegid(), mode: mode, keepsAttributes: keepsAttributes)
        job.staged = staged
        return try TreeCopier(limits: limits).copy(job, in: try OwnedDescriptor.open(directory: directory.path))
    }

    /// The message of a copy that fails; empty for one that does not.
    func failure(
        _ path: ByteString, to destination: ByteString, _ manner: CopyJob.Manner = .overlay,
        takesContents: Bool = false,
        followsLink: Bool = false
    ) throws -> String {
        do {
            try copy(path, to: destination, manner, takesContents: takesContents, followsLink: followsLink)
            return ""
        } catch let failure as Failure {
            return failure.description
        }
    }

    @discardableResult
    func shell(_ script: String) throws -> String {
        let result = try Program.run("/bin/sh", ["-ec", ByteString(script)], currentDirectory: directory.path)
        guard result.exitCode == 0 else { throw Failure("the shell failed: \(result.stderrText)", causes: [script]) }
        return result.stdoutText
    }

    /// Fails the test when the canary has changed, or something of it is in the target.
    func expectNothingOutside(_ location: SourceLocation = #_sourceLocation) throws {
        let found = try shell("cat canary/f; ls -A canary; grep -rl secret target source || true")
        #expect(found == "secret\nf\n", sourceLocation: location)
    }
}
