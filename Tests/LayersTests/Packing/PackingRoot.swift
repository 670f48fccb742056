import Diagnostics
import Foundation
import HelperProtocol
import LinuxSystem
import SystemPackage
import Testing

@testable import Layers

/// A directory with `upper` and `lower` in it, as a worker sees its root, and a shell to fill and compare it.
final class PackingRoot: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/stacker-pack.XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try shell("mkdir upper lower")
    }

    deinit {
        guard getenv("STACKER_KEEP_TEST_DIRECTORIES") == nil else { return }
        // What is left in /tmp fails no test.
        _ = try? shell("cd /; umount -q \(path)/merged 2>/dev/null || true; rm -rf --one-file-system -- \(path)")
    }

    /// Runs a bash script in this directory, without changing the directory of this process.
    @discardableResult
    func shell(_ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-euo", "pipefail", "-c", "cd \(path); " + script]
        process.environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]
        let output = Pipe()
        let errors = FileHandle(forWritingAtPath: "/dev/null")
        process.standardOutput = output
        process.standardError = getenv("STACKER_SHOW_SHELL_ERRORS") == nil ? errors : FileHandle.standardError
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("the shell failed with status \(process.terminationStatus)", causes: [script])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Packs `upper` into the file `name`.
    @discardableResult
    func pack(
        into name: String = "layer.tar", _ compression: PackJob.Compression = .none, over hasLower: Bool = false,
        epoch: Int64? = nil, threads: UInt8 = 2, limits: Limits = Limits()
    ) throws -> PackResult {
        let archive = try OwnedDescriptor.open(
            FilePath("\(path)/\(name)"), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        return try pack(
            PackJob(
                archive: archive.raw, compression: compression, sourceDateEpoch: epoch, hasLower: hasLower,
                threads: threads),
            to: archive, limits: limits)
    }

    func pack(
        _ job: PackJob, to archive: borrowing OwnedDescriptor, limits: Limits = Limits()
    ) throws -> PackResult {
        let root = try OwnedDescriptor.open(directory: FilePath(path))
        let team = try ThreadTeam(threads: LayerPacker.threads(for: job))
        return try LayerPacker(limits: limits).pack(job, archive: archive, from: root, team: team)
    }

    /// Unpacks an archive of another root into `upper`, as a layer in overlay form.
    @discardableResult
    func unpack(_ name: String, of other: PackingRoot) throws -> UnpackResult {
        let archive = try OwnedDescriptor.open(FilePath("\(other.path)/\(name)"))
        let upper = try OwnedDescriptor.open(directory: FilePath("\(path)/upper"))
        let job = UnpackJob(archive: archive.raw, form: .overlay, maximumBytes: 1 << 30)
        let team = try ThreadTeam(threads: LayerUnpacker.threads)
        return try LayerUnpacker().unpack(job, archive: archive, into: upper, team: team)
    }

    /// The member names of an archive, as GNU tar lists them.
    func members(of name: String = "layer.tar") throws -> [String] {
        try shell("tar -tf \(name) --quoting-style=escape").split(separator: "\n").map(String.init)
    }

    /// Everything find(1), getfattr(1) and sha256sum(1) can tell about a tree.
    func description(of directory: String) throws -> String {
        try shell(
            """
            cd \(directory)
            find . -printf '%p %y %m %U %G %T@ %l ' \\( -type f -printf '%s %n' -o -type b -o -type c -o -true \\) \
                -printf '\\n' | sed 's/\\(\\.[0-9]*\\)0* /\\1 /' | sort
            find . \\( -type b -o -type c \\) -exec stat -c '%n %t %T' {} + | sort
            find . -type f -print0 | sort -z | xargs -0 -r sha256sum
            find . -print0 | sort -z | xargs -0 -r getfattr -h -d -m - -e hex
            """)
    }
}
