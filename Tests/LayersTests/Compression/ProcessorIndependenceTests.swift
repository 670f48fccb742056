import Digests
import Foundation
import HelperProtocol
import Testing

@testable import Layers

/// Encoders choose their code by the processor; what they write must not show it.
///
/// The suite runs itself on emulated processors: the test that compares is told there what came out here.
@Suite struct ProcessorIndependenceTests {
    private static let expectation = "STACKER_EXPECTED_ENCODINGS"
    private static let emulator = "/usr/bin/qemu-x86_64-static"

    /// The digest of what every encoder makes of one sample.
    private static func digest() throws -> String {
        let sample = BlockEncoderTests.sample(60_000, seed: 42)
        let hash = SHA256()
        for compression in BlockEncoderTests.compressions + [.zstd(level: 9)] {
            let encoder = try #require(try compression.makeEncoder())
            hash.update(try BlockEncoderTests.encode(sample, with: encoder))
        }
        return hash.finish().description
    }

    @Test(.enabled(if: getenv(expectation) != nil, "only the emulated run knows what to expect"))
    func encodingsAreTheExpectedOnes() throws {
        #expect(try Self.digest() == ProcessInfo.processInfo.environment[Self.expectation])
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: emulator), "qemu-user-static is not installed"),
        .enabled(if: getenv(expectation) == nil, "already emulated"),
        arguments: ["Nehalem", "Haswell", "max"])
    func theBytesDoNotDependOnTheProcessor(_ processor: String) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.emulator)
        process.arguments = [
            "-cpu", processor, program, "--testing-library", "swift-testing", "--filter", "encodingsAreTheExpectedOnes",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([Self.expectation: try Self.digest()]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.contains("1 test in 1 suite passed"), "\(text)")
    }
}
