import Diagnostics
import Foundation
import HelperProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Layers

@Suite(.requiresTool("bsdtar"))
struct AnyArchiveUnpackerTests {
    static let formats = ["newc", "odc", "zip", "7zip", "xar", "iso9660"]

    /// A small tree in the format, made by bsdtar.
    private static func archive(_ format: String, _ filter: String = "") throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let script = """
            mkdir -p a/b; seq 5000 >a/b/numbers; ln a/b/numbers a/same; ln -s ../.. a/up; mkfifo a/pipe
            bsdtar -cf - \(filter) --format=\(format) a
            """
        let made = try Program.run("/bin/sh", ["-ec", ByteString(script)], currentDirectory: directory.path)
        guard made.exitCode == 0 else { throw Failure("bsdtar failed: \(made.stderrText)") }
        return made.stdout.bytes
    }

    private static func outcome(
        _ archive: [UInt8], in destination: UnpackDestination, limits: Limits = Limits(), maximumBytes: UInt64 = 1 << 26
    ) throws -> Outcome {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("archive")
        try Data(archive).write(to: URL(fileURLWithPath: path.string))
        let file = try OwnedDescriptor.open(path)
        let job = UnpackJob(archive: file.raw, compression: .anyArchive, form: .merged, maximumBytes: maximumBytes)
        do throws(Failure) {
            let result = try AnyArchiveUnpacker(try ArchiveLibrary.load(), limits: limits).unpack(
                job, archive: file, into: try opened(destination.root),
                team: try ThreadTeam(threads: AnyArchiveUnpacker.threads))
            return result.warnings.isEmpty ? .unpacked : .warned(result.warnings.joined(separator: "; "))
        } catch {
            return .failed(error.errorClass, error.description)
        }
    }

    private static func opened(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        do { return try OwnedDescriptor.open(directory: path) } catch { throw error.explanation }
    }

    @Test(.requiresRoot, arguments: formats)
    func limitsHoldInEveryFormat(_ format: String) throws {
        let archive = try Self.archive(format)
        #expect(try Self.outcome(archive, in: UnpackDestination()) == .unpacked)
        #expect(try Self.outcome(archive, in: UnpackDestination(), maximumBytes: 5_000).code == "LIM")
        var limits = Limits()
        limits.layerEntries = 3
        #expect(try Self.outcome(archive, in: UnpackDestination(), limits: limits).code == "LIM")
    }

    /// Corrupt data may make libarchive say the same error for ever; every one of these has to end.
    @Test(arguments: formats + ["ustar --xz", "ustar --bzip2", "newc --gzip"])
    func damagedArchivesEndAndStayInsideTheRoot(_ format: String) throws {
        let archive = try Self.archive(format)
        var generator = SystemRandomNumberGenerator()
        let known: [ErrorClass?] = [nil, .rejected, .limit, .unsupported, .failure, .permission]
        let destination = try UnpackDestination()
        for round in 0..<40 {
            var bytes = archive
            if round % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let outcome = try Self.outcome(bytes, in: destination)
            #expect(known.contains(outcome.errorClass), "round \(round): \(outcome)")
        }
        try destination.expectNothingOutside()
    }

    /// A tar is read by our own reader whatever its compression: it refuses what libarchive would put up with.
    @Test func aCompressedTarIsReadAsStrictlyAsALayer() throws {
        let twice = TarBuilder { $0.file("f", "text") }.finished + TarBuilder { $0.file("g", "text") }.finished
        let packed = try Program.run("/bin/sh", ["-c", "bzip2"], stdin: ByteString(twice))
        let outcome = try Self.outcome(packed.stdout.bytes, in: UnpackDestination())
        #expect(outcome.text.contains("a second archive follows the end of the first"), "\(outcome)")
    }
}
