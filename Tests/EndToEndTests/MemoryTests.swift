import Diagnostics
import SystemPackage
import TestSupport
import Testing

/// What packing and unpacking need does not grow with the layer.
@Suite(
    .requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("time"), .serialized)
struct MemoryTests {
    /// Mebibytes that any process of a build may keep in memory at its peak.
    static let allowed = 64

    @Test func packingAndUnpackingHalfAGibibyteTakeLittleMemory() throws {
        try check(noise: 256, mebibytes: 512, timeLimit: .seconds(120))
    }

    @Test(.soak) func packingAndUnpackingEightGibibytesTakeLittleMemory() throws {
        try check(noise: 2048, mebibytes: 8192, timeLimit: .seconds(1800))
    }

    /// A layer of one file of noise and one with a hole, `mebibytes` together, is packed and then unpacked as a base.
    private func check(noise: Int, mebibytes: Int, timeLimit: Duration) throws {
        let project = try Project(
            """
            packed:
              from: {type: tar, url: base.tar}
              run:
                - head -c \(noise << 20) /dev/urandom > /noise
                - busybox truncate -s \((mebibytes - noise) << 20) /hole
            """)
        try project.makeBase()
        #expect(try peak(of: "build", in: project, timeLimit) <= Self.allowed)

        // In a store of its own, which does not have the layer yet.
        try project.write(
            "stacker.yaml",
            """
            unpacked:
              from: {type: oci, url: "oci:packed"}
              run: '[ $(stat -c %s /hole) -eq \((mebibytes - noise) << 20) ]'
            """)
        let other: [ByteString] = [
            "--stacker-dir", "other/stacker", "--roots-dir", "other/roots", "--oci-dir", "other/oci",
        ]
        #expect(try peak(of: "build", other, in: project, timeLimit) <= Self.allowed)
        _ = try Program.run(
            Program.built("stacker"), other + ["clean"], currentDirectory: project.path, timeLimit: timeLimit)
    }

    /// The largest peak of all processes that stacker starts and waits for, and of its own, in mebibytes.
    ///
    /// GNU time asks the kernel after the end (wait4(2), `ru_maxrss`): nothing is sampled, so nothing is missed.
    private func peak(
        of verb: ByteString, _ options: [ByteString] = [], in project: Project, _ timeLimit: Duration
    ) throws -> Int {
        let measured = try Program.run(
            "/usr/bin/time",
            ["-q", "-f", "%M", "-o", "peak", ByteString(Program.built("stacker").string)] + options + [verb],
            currentDirectory: project.path, timeLimit: timeLimit)
        try #require(measured.exitCode == 0, "\(measured.stderrText)\(measured.stdoutText)")
        let text = try project.run("/bin/cat", "peak").stdoutText
        let kibibytes = try #require(Int(text.split(separator: "\n").last ?? ""), "\(text)")
        return kibibytes >> 10
    }
}
