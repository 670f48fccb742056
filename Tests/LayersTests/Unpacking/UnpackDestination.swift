import Diagnostics
import Foundation
import HelperProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Layers

/// A fresh directory with `root`, where archives are unpacked, and `canary` beside it, which nothing may touch.
final class UnpackDestination {
    private let directory: TemporaryDirectory
    let root: FilePath
    private let canary: String

    init() throws {
        directory = try TemporaryDirectory("stacker-unpack")
        root = directory.path.appending("root")
        try Self.shell(
            "mkdir root canary; cd canary; echo untouched >f; mkdir d; ln -s f link; chmod 0700 d", in: directory.path)
        canary = try Self.list(directory.path.appending("canary"))
    }

    /// The path of the canary, as bytes for link targets.
    var canaryPath: ByteString { ByteString(directory.path.appending("canary").string) }

    /// Fails the test when anything beside the root has changed.
    func expectNothingOutside(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(try Self.list(directory.path.appending("canary")) == canary, sourceLocation: location)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path.string)
        #expect(Set(names).subtracting(["archive"]) == ["canary", "root"], sourceLocation: location)
    }

    /// Unpacks `archive`.
    @discardableResult
    func unpack(
        _ archive: [UInt8], _ form: UnpackJob.Form = .overlay, _ compression: UnpackJob.Compression = .detect,
        expected: UnpackJob.Expected? = nil, limits: Limits = Limits(), maximumBytes: UInt64 = 1 << 30
    ) throws -> UnpackResult {
        let path = directory.path.appending("archive")
        try Data(archive).write(to: URL(fileURLWithPath: path.string))
        return try unpack(
            file: path, form, compression, expected: expected, limits: limits, maximumBytes: maximumBytes)
    }

    @discardableResult
    func unpack(
        file: FilePath, _ form: UnpackJob.Form = .overlay, _ compression: UnpackJob.Compression = .detect,
        expected: UnpackJob.Expected? = nil, limits: Limits = Limits(), maximumBytes: UInt64 = 1 << 30
    ) throws -> UnpackResult {
        let descriptor = try OwnedDescriptor.open(file)
        let destination = try OwnedDescriptor.open(directory: root)
        let job = UnpackJob(
            archive: descriptor.raw, compression: compression, expected: expected, form: form,
            maximumBytes: maximumBytes)
        return try LayerUnpacker(limits: limits).unpack(
            job, archive: descriptor, into: destination, team: try ThreadTeam(threads: LayerUnpacker.threads))
    }

    /// What happened to an archive made by `build`.
    func outcome(
        _ form: UnpackJob.Form = .overlay, limits: Limits = Limits(), maximumBytes: UInt64 = 1 << 30,
        _ build: (inout TarBuilder) -> Void
    ) throws -> Outcome {
        try outcome(of: TarBuilder(build).finished, form, limits: limits, maximumBytes: maximumBytes)
    }

    func outcome(
        of archive: [UInt8], _ form: UnpackJob.Form = .overlay, _ compression: UnpackJob.Compression = .detect,
        limits: Limits = Limits(), maximumBytes: UInt64 = 1 << 30
    ) throws -> Outcome {
        do {
            let result = try unpack(archive, form, compression, limits: limits, maximumBytes: maximumBytes)
            return result.warnings.isEmpty ? .unpacked : .warned(result.warnings.joined(separator: "; "))
        } catch let failure as Failure {
            return .failed(failure.errorClass, failure.description)
        }
    }

    /// Runs a shell script in the root, and returns what it printed.
    @discardableResult
    func shell(_ script: String) throws -> String { try Self.shell(script, in: root) }

    /// Names, types, permissions, owners, times, link targets, sizes; then checksums and attributes.
    static func list(_ path: FilePath) throws -> String {
        try shell(
            """
            find . -printf '%P|%y|%m|%U|%G|%T@|%l\\n' | LC_ALL=C sort
            find . -type f -printf '%P|%s|%n\\n' | LC_ALL=C sort
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
            find . -print0 | LC_ALL=C sort -z | xargs -0r getfattr -h -d -m - -e hex 2>/dev/null
            """, in: path)
    }

    @discardableResult
    static func shell(_ script: String, in path: FilePath) throws -> String {
        let result = try Program.run(
            "/bin/sh", ["-ec", ByteString(script)], currentDirectory: path)
        guard result.exitCode == 0 else {
            throw Failure("the shell failed: \(result.stderrText)", causes: [script])
        }
        return result.stdoutText
    }
}

/// How unpacking ended.
enum Outcome: Equatable {
    case unpacked
    case warned(String)
    case failed(ErrorClass, String)

    var errorClass: ErrorClass? {
        guard case .failed(let errorClass, _) = self else { return nil }
        return errorClass
    }

    /// The warnings, or the message.
    var text: String {
        switch self {
        case .unpacked: ""
        case .warned(let text), .failed(_, let text): text
        }
    }

    /// `OK`, `OK+W`, `REJ`, `LIM`, or the name of another class.
    var code: String {
        switch self {
        case .unpacked: "OK"
        case .warned: "OK+W"
        case .failed(.rejected, _): "REJ"
        case .failed(.limit, _): "LIM"
        case .failed(let other, _): "\(other)"
        }
    }
}
