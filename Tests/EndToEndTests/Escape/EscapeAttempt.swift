import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A build step that tries what it must not be able to do, and what came of each try.
struct EscapeAttempt {
    let project: Project
    /// What the step printed.
    let output: String

    /// Runs `script` in a step with `Tests/Programs/escape.c` as the command `escape`.
    ///
    /// The project holds `data/file`, which the step sees at `/mnt/data` and may write to, the import `imported`, and
    /// `secret`, which it must not see. `victim` is a shell command that runs on the host meanwhile, makes `data/ready`
    /// when it is ready, and has to survive; its process id is in `data/victim`.
    init(_ script: [String], beside victim: String? = nil, prepare: (Project) throws -> Void = { _ in }) throws {
        let items = (["#!/bin/sh"] + script).map { "    - \"\($0.replacingOccurrences(of: "\"", with: "\\\""))\"\n" }
        project = try Project(
            """
            app:
              from: {type: tar, url: base.tar}
              imports: [imported]
              binds: ["data -> /mnt/data"]
              run:
            \(items.joined())
            """)
        try project.makeBase(adding: ["mount", "umount", "ps", "unshare", "ipcs", "nc"])
        let program = Checkout.path.appending("Tests/Programs/escape.c")
        let compiled = try project.run(
            "/bin/sh", "-c",
            ByteString(
                """
                set -e
                mkdir -p more/bin && cc -static -O1 -o more/bin/escape '\(program)'
                tar --owner=0 --group=0 --numeric-owner -rf base.tar -C more ./bin/escape
                """))
        guard compiled.exitCode == 0 else { throw Failure("cannot compile: \(compiled.stderrText)") }
        try project.write("imported", "an import\n")
        try project.write("data/file", "of the host\n")
        try project.write("secret", Self.secret)
        try prepare(project)
        let stacker = Program.built("stacker")
        let build = try project.run(
            "/bin/bash", "-c",
            ByteString(
                victim.map {
                    """
                    \($0) & echo $! >data/victim
                    until [ -e data/ready ]; do sleep 0.02; done
                    '\(stacker)' build; status=$?
                    kill -0 $! || status=victim
                    kill -KILL $!
                    exit $status
                    """
                } ?? "exec '\(stacker)' build"))
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        output = build.stdoutText
    }

    static let secret = "nobody inside may read this\n"

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The lines of tries, all of which begin like this.
    func tries(_ prefix: String = "") -> [String] { lines.filter { $0.hasPrefix(prefix) && $0.contains(": ") } }

    /// Says which tries did work; there have to be so many tries at all.
    func expectFailure(of count: Int, _ prefix: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
        let tries = tries(prefix)
        #expect(tries.count >= count, "\(output)", sourceLocation: sourceLocation)
        #expect(tries.filter { $0.hasSuffix("WORKED") } == [], sourceLocation: sourceLocation)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(project.path)/\(name)", encoding: .utf8)
    }
}
