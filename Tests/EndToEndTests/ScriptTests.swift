import Diagnostics
import SystemPackage
import TestSupport
import Testing

/// What `make` says and decides before anything is built.
@Suite struct ScriptTests {
    private func requireSwift(saying version: String?) throws -> Program {
        let project = try Project()
        if let version { try project.write("bin/swift", "#!/bin/sh\necho '\(version)'\n", mode: 0o755) }
        // Without a swift of the project's own no other may be found.
        let path = version == nil ? "\(project.path)/bin" : "\(project.path)/bin:/usr/bin:/bin"
        return try Program.run(
            Checkout.path.appending("scripts/require-swift"), environment: ["PATH=\(path)"].map { ByteString($0) })
    }

    @Test(arguments: [
        (nil, "none"), ("Swift version 6.1.2 (swift-6.1.2-RELEASE)", "6.1"), ("Swift version 5.10", "5.10"),
        ("not a compiler", "one that does not start"),
    ])
    func aMissingOrOldSwiftIsToldInOneSentence(_ version: String?, _ found: String) throws {
        let run = try requireSwift(saying: version)
        #expect(run.exitCode == 1)
        #expect(
            run.stderrText
                == "stacker needs Swift 6.2 or newer in PATH and found \(found): get it from https://swift.org/install\n"
        )
    }

    @Test(arguments: ["Swift version 6.2 (swift-6.2-RELEASE)", "Apple Swift version 6.10.1", "Swift version 7.0-dev"])
    func aNewSwiftIsTaken(_ version: String) throws {
        let run = try requireSwift(saying: version)
        #expect(run.exitCode == 0, "\(run.stderrText)")
    }

    @Test(arguments: [
        ("<testcase name=\"a\" />\n<testcase name=\"b\" >\n<skipped>x</skipped>", "1 passed, 0 failed, 1 skipped\n", 0),
        (
            "<testcase name=\"a\" >\n<failure message=\"1\" />\n<failure message=\"2\" />",
            "0 passed, 1 failed, 0 skipped\n", 1
        ),
        ("<testcase name=\"a\" >\n<skipped>x</skipped>", "0 passed, 0 failed, 1 skipped\n", 1),
        ("", "0 passed, 0 failed, 0 skipped\n", 1),
    ])
    func theSumOfTestsFailsWhereOneFailedOrNoneRan(_ results: String, _ line: String, _ code: Int32) throws {
        let project = try Project()
        try project.write("results.xml", "<testsuites>\n\(results)\n</testsuites>\n")
        let run = try project.run(Checkout.path.appending("scripts/sum-tests"), "results.xml")
        #expect(run.stdoutText == line)
        #expect(run.exitCode == code)
    }
}
