import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ParallelBuildTests {
    /// Scripts of two steps that only end when both are under way: over the loopback network, which steps share.
    ///
    /// That they are connected is all they find out: either may close first. Neither waits for ever, so that a build of
    /// one after the other fails.
    private func rendezvous(port: Int) -> (listening: String, calling: String) {
        (
            "echo listening; busybox timeout 60 busybox nc -l -p \(port) </dev/null",
            """
            for try in $(busybox seq 600); do
                if busybox nc 127.0.0.1 \(port) </dev/null; then exit 0; fi 2>/dev/null
                sleep 0.1
            done; exit 1
            """
        )
    }

    private static func port() -> Int { Int.random(in: 20_000..<30_000) }

    private func tags(_ project: Project) throws -> [String] {
        let entries = try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
        return entries.compactMap {
            ($0["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"]
        }
    }

    @Test func independentImagesAreBuiltAtTheSameTime() throws {
        let (listening, calling) = rendezvous(port: Self.port())
        let project = try Project()
        try project.makeBase()
        let image = { (name: String, script: String) in
            "\(name):\n  from: {type: tar, url: base.tar}\n  run: |\n    "
                + script.replacingOccurrences(of: "\n", with: "\n    ") + "\n"
        }
        try project.write("stacker.yaml", image("first", listening) + image("second", calling))
        let build = try project.stacker("build", "--jobs", "2")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try tags(project) == ["first", "second"])
        #expect(
            build.stderrText.hasSuffix(
                """
                preparing image first...
                filesystem first built successfully
                preparing image second...
                filesystem second built successfully

                """), "\(build.stderrText)")
    }

    /// The first image takes longest, and ends in the middle of a line.
    @Test(arguments: ["1", "2", "8"])
    func whatIsPrintedIsInBuildOrder(_ jobs: ByteString) throws {
        let project = try Project(
            """
            slow:
              from: {type: tar, url: base.tar}
              run: ["#!/bin/sh", "for i in 1 2 3; do sleep 0.2; echo slow $i; done"]
            quick:
              from: {type: tar, url: base.tar}
              run: ["#!/bin/sh", "echo quick; busybox printf unfinished"]
            child:
              from: {type: built, tag: quick}
              run: ["#!/bin/sh", "echo child; busybox seq 100000"]
            last:
              from: {type: built, tag: slow}
              run: ["#!/bin/sh", "echo last"]
            """)
        try project.makeBase()
        let build = try project.stacker("build", "-j", jobs)
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let numbers = (1...100_000).map { "\($0)\n" }.joined()
        let end = jobs == "1" ? "unfinishedchild" : "unfinished\nchild"
        #expect(build.stdoutText == "slow 1\nslow 2\nslow 3\nquick\n\(end)\n\(numbers)last\n")
        #expect(try tags(project) == ["slow", "quick", "child", "last"])
        let log = "\(project.path)/.stacker/logs/child.log"
        #expect(FileManager.default.fileExists(atPath: log) == (jobs != "1"))
        if jobs == "8" {
            #expect(try String(contentsOfFile: log, encoding: .utf8) == "preparing image child...\nchild\n\(numbers)")
        }
    }

    @Test func afterAFailureNothingBeginsAndWhatIsUnderWayIsFinished() throws {
        let project = try Project(
            """
            good:
              from: {type: tar, url: base.tar}
              run: sleep 1; echo good > /good
            bad:
              from: {type: tar, url: base.tar}
              run: exit 7
            never:
              from: {type: tar, url: base.tar}
              run: echo never
            child:
              from: {type: built, tag: good}
              run: echo never
            """)
        try project.makeBase()
        let build = try project.stacker("build", "-j", "2")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("filesystem good built successfully\npreparing image bad...\n"))
        #expect(build.stderrText.contains("error: run commands failed for image \"bad\""))
        #expect(build.stderrText.contains("exit status 7"))
        #expect(!build.stdoutText.contains("never"))
        #expect(!build.stderrText.contains("preparing image never"))
        #expect(try tags(project) == ["good"])
    }

    @Test func theFirstFailureInBuildOrderIsTheErrorAndOthersAreMentioned() throws {
        let (listening, calling) = rendezvous(port: Self.port())
        let indented = { (text: String) in text.replacingOccurrences(of: "\n", with: "\n    ") }
        let project = try Project(
            """
            sooner:
              from: {type: tar, url: base.tar}
              run: |
                \(indented(listening)); sleep 0.5; exit 3
            later:
              from: {type: tar, url: base.tar}
              run: |
                \(indented(calling.replacingOccurrences(of: "exit 0", with: "exit 4")))
            """)
        try project.makeBase()
        let build = try project.stacker("build", "-j", "2")
        #expect(build.exitCode == 1)
        let errors = build.stderrText.split(separator: "\n").filter { $0.contains("error: run commands failed") }
        #expect(errors.count == 2, "\(build.stderrText)\(build.stdoutText)")
        #expect(errors.first?.contains("failed for image \"later\"") == true, "\(errors)")
        #expect(errors.last?.contains("failed for image \"sooner\"") == true, "\(errors)")
        #expect(errors.last?.hasSuffix("exit status 3, the last command was: exit 3") == true)
    }

    @Test func fiftyImagesFromOneBaseUnpackItOnce() throws {
        let images = (0..<50).map { number in
            "i\(number):\n  from: {type: oci, url: \"base:app\"}\n  run: echo \(number) > /number\n"
        }
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        let program = Program.built("stacker")
        let base = try Program.run(program, ["build", "--oci-dir", "base"], currentDirectory: project.path)
        try #require(base.exitCode == 0, "\(base.stderrText)")
        try project.write("stacker.yaml", images.joined())
        // Without what was unpacked for it.
        try #require(
            try Program.run(program, ["clean", "--oci-dir", "other"], currentDirectory: project.path).exitCode == 0)
        let build = try project.stacker("build", "--jobs", "16", "--progress=json")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try tags(project) == (0..<50).map { "i\($0)" })
        let unpacking = build.stderrText.matches(of: /"activity":"unpacking"/)
        #expect(unpacking.count == 1)
        let packing = build.stderrText.matches(of: /"activity":"packing"/)
        #expect(packing.count == 50)
    }

    @Test func imagesCanBeNamed() throws {
        let project = try Project(
            """
            base: {from: {type: tar, url: base.tar}}
            other: {from: {type: tar, url: nowhere.tar}}
            child: {from: {type: built, tag: base}, run: echo child > /child}
            """)
        try project.makeBase()
        let build = try project.stacker("build", "child", "base")
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(try tags(project) == ["base", "child"])
        let unknown = try project.stacker("build", "chlid")
        #expect(unknown.exitCode == 1)
        #expect(
            unknown.stderrText == """
                error: there is no image "chlid" in \(project.path)/stacker.yaml
                  hint: did you mean "child"?

                """)
    }

    @Test func anOrderIsWorkedOutWithoutBuildingAnything() throws {
        let project = try Project(
            "child: {from: {type: built, tag: base}}\nbase: {from: {type: tar, url: nowhere.tar}}\n")
        let order = try project.stacker("build", "--order-only")
        #expect(order.exitCode == 0)
        let expected = "stacker build order:\n0 build \(project.path)/stacker.yaml: requires: []\n"
        #expect(order.stderr.isEmpty && order.stdoutText == expected)
        let debug = try project.stacker("--debug", "build", "--order-only")
        #expect(debug.stdoutText == expected)
        #expect(debug.stderrText.hasSuffix("images in build order: base child\n"), "\(debug.stderrText)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: project.path.string) == ["stacker.yaml"])
    }

    /// Nobody reads what a step says: it ends, and so does the build, with the status of SIGPIPE.
    @Test(arguments: ["--jobs=1", "--jobs=2"])
    func aClosedPipeEndsTheBuild(_ jobs: String) throws {
        let project = try Project(
            """
            one: {from: {type: tar, url: base.tar}, run: "busybox yes"}
            two: {from: {type: tar, url: base.tar}, run: "busybox yes"}
            """)
        try project.makeBase()
        let script = "{ timeout 60 $0 build \(jobs) 2>errors; echo $? >status; } | head -n 3"
        let run = try project.run("/bin/sh", "-c", ByteString(script), ByteString(Program.built("stacker").string))
        #expect(run.exitCode == 0)
        let (status, errors) = (try text("status", of: project), try text("errors", of: project))
        #expect(status == "141\n", "\(errors)")
        #expect(!errors.contains("error:"))
    }

    private func text(_ name: String, of project: Project) throws -> String {
        try String(contentsOfFile: "\(project.path)/\(name)", encoding: .utf8)
    }
}
