import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Two versions of a project, built in turn, each time with a fault, and then once more without.
///
/// After the fault each image is the old one or the new one, every blob is whole, and nothing runs; after the build
/// without a fault everything is as if there had been none.
final class FaultSweep: Sendable {
    private let project: Project
    private let program: FilePath
    /// Entries of index.json by tag, of each version.
    private let versions: [[String: String]]

    private static let epoch: [ByteString] = ["SOURCE_DATE_EPOCH=1700000000"]

    init() throws {
        project = try Project()
        try project.makeBase()
        for version in 0...1 { try project.write("v\(version).yaml", Self.recipe(version)) }
        program = try Self.install(in: project)
        var versions: [[String: String]] = []
        for version in [1, 0] {
            try Self.expectSuccess(
                try project.stacker("build", "-f", ByteString("v\(version).yaml"), environment: Self.epoch))
            versions.insert(try Self.entries(of: project), at: 0)
        }
        self.versions = versions
    }

    private static func recipe(_ version: Int) -> String {
        """
        low:
          from: {type: tar, url: base.tar}
          imports: v\(version).yaml
          run: |
            echo \(version) >/version; rm -r /var/lib/things; mkdir -m 0700 /mine; chown 5:6 /mine
        top:
          from: {type: built, tag: low}
          labels: {version: "\(version)"}
          run: cp /version /copy

        """
    }

    /// stacker beside a stacker-nsexec that is started through what the file `tracer` says.
    private static func install(in project: Project) throws -> FilePath {
        let script = """
            set -e
            mkdir -p tools/bin tools/libexec/stacker
            ln \(Program.built("stacker")) tools/bin/stacker 2>/dev/null || cp \(Program.built("stacker")) tools/bin/stacker
            for library in \(Program.builtPrograms)/*.so*; do
                [ ! -e "$library" ] || ln -s "$library" tools/bin/
            done
            """
        try expectSuccess(try project.run("/bin/sh", "-c", ByteString(script)))
        try project.write("tracer", "")
        try project.write(
            "tools/libexec/stacker/stacker-nsexec",
            """
            #!/bin/sh
            exec $(cat \(project.path)/tracer) \(Program.built("stacker-nsexec")) "$@"

            """, mode: 0o755)
        return project.path.appending("tools/bin/stacker")
    }

    // MARK: - Points

    /// The calls of these names that a build makes, as points at which something can happen.
    func points(_ target: FaultPoint.Target, _ calls: [String], _ faults: [FaultPoint.Fault]) throws -> [FaultPoint] {
        let tracer = [
            "-o", "\(project.path)/trace", "-A", "-e", "trace=\(calls.map { "?" + $0 }.joined(separator: ","))",
        ]
        try project.write("trace", "")
        try Self.expectSuccess(try build(1, target, tracer))
        try Self.expectSuccess(try project.stacker("build", "-f", "v0.yaml", environment: Self.epoch))
        let text = try String(contentsOfFile: "\(project.path)/trace", encoding: .utf8)
        var counts: [Substring: [Substring: Int]] = [:]
        for line in text.split(separator: "\n") {
            // The number of the thread, padded, and the call: `1234  write(3, …) = 7`.
            guard let thread = line.firstIndex(of: " "), let end = line.firstIndex(of: "(") else { continue }
            let call = line[thread..<end].drop { $0 == " " }
            counts[call, default: [:]][line[..<thread], default: 0] += 1
        }
        var points: [FaultPoint] = []
        for (call, threads) in counts.sorted(by: { $0.key < $1.key }) where calls.contains(String(call)) {
            for number in 1...(threads.values.max() ?? 1) {
                for fault in faults {
                    points.append(FaultPoint(target: target, call: String(call), number: number, fault: fault))
                }
            }
        }
        return points
    }

    /// Builds a version, with strace(1) at the target.
    private func build(_ version: Int, _ target: FaultPoint.Target, _ options: [String]) throws -> Program {
        // What is cached would not be done again, and no call of it could fail.
        try? FileManager.default.removeItem(atPath: "\(project.path)/.stacker/cache")
        let arguments: [ByteString] = ["build", "-f", ByteString("v\(version).yaml")]
        switch target {
        case .frontend:
            return try Program.run(
                "/usr/bin/strace",
                (["-f", "-b", "execve"] + options).map { ByteString($0) } + [ByteString(program.string)] + arguments,
                environment: Program.defaultEnvironment + Self.epoch, currentDirectory: project.path)
        case .helper:
            let tracer = [try #require(Host.tracer), "-D", "-f"] + options
            try project.write("tracer", tracer.joined(separator: " "))
            defer { try? project.write("tracer", "") }
            return try Program.run(
                program, arguments, environment: Program.defaultEnvironment + Self.epoch,
                currentDirectory: project.path)
        }
    }

    // MARK: - Faults

    /// Builds with each fault, and expects what has to be true afterwards.
    ///
    /// `most` is how many points are taken, spread evenly; in `make soak` it is all of them.
    func run(_ points: [FaultPoint], most: Int) throws {
        try #require(!points.isEmpty)
        let step = getenv("STACKER_SOAK") == nil ? max(1, Double(points.count) / Double(most)) : 1
        let taken = stride(from: 0, to: Double(points.count), by: step).map { points[Int($0)] }
        var failures = 0
        for (turn, point) in taken.enumerated() {
            let version = 1 - turn % 2
            let faulted = try build(version, point.target, ["-o", "/dev/null", "-e", point.injection])
            if faulted.exitCode != 0 { failures += 1 }
            expectOutcome(of: faulted, at: point)
            #expect(project.leftovers().isEmpty, "\(point)")
            try expectWholeLayout(after: point)
            let healed = try project.stacker("build", "-f", ByteString("v\(version).yaml"), environment: Self.epoch)
            try #require(healed.exitCode == 0, "the build after \(point): \(healed.stderrText)")
            #expect(try Self.entries(of: project) == versions[version], "the build after \(point)")
        }
        print("\(points.count) points, \(taken.count) tried, \(failures) builds failed")
        // Else the faults did not reach the builds.
        #expect(failures > taken.count / 4)
        let roots = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/roots")
        #expect(!roots.contains { $0.hasPrefix(".tmp.") }, "\(roots)")
        let blobs = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/.stacker/blobs")
        #expect(blobs == ["sha256"])
    }

    private func expectOutcome(of build: Program, at point: FaultPoint) {
        if point.fault == .killed, point.target == .frontend, build.status == .signalled(9) { return }
        switch build.status {
        case .exited(0): break
        case .exited(1):
            // The call that fails may be the one that prints why.
            #expect(point.call == "write" || build.stderrText.contains("error: "), "\(point): \(build.stderrText)")
        default: Issue.record("\(point): \(build.status), \(build.stderrText)")
        }
    }

    /// Each image is that of one of the versions, and all blobs have the digest that is their name.
    private func expectWholeLayout(after point: FaultPoint) throws {
        let entries = try Self.entries(of: project)
        #expect(Set(entries.keys) == ["low", "top"], "\(point)")
        for (tag, digest) in entries {
            #expect(versions.contains { $0[tag] == digest }, "\(point): \(tag)")
            let blobs = try project.layers(tag) + [digest, try Self.configurationDigest(of: tag, in: project)]
            for blob in blobs {
                #expect(FileManager.default.fileExists(atPath: "\(project.path)/\(project.blob(blob))"), "\(point)")
            }
        }
        let sums = try project.run("/bin/sh", "-c", "cd oci/blobs/sha256 && sha256sum -- *")
        for line in sums.stdoutText.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            #expect(fields.count == 2 && fields[0] == fields[1], "\(point): \(line)")
        }
    }

    private static func configurationDigest(of tag: String, in project: Project) throws -> String {
        (try project.manifest(tag)["config"] as? [String: Any])?["digest"] as? String ?? ""
    }

    private static func entries(of project: Project) throws -> [String: String] {
        var entries: [String: String] = [:]
        for entry in try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? [] {
            let name = (entry["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"]
            entries[name ?? ""] = entry["digest"] as? String
        }
        return entries
    }

    private static func expectSuccess(_ program: Program) throws {
        try #require(program.exitCode == 0, "\(program.stdoutText)\(program.stderrText)")
    }
}
