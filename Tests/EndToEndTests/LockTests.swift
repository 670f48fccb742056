import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Two stackers in one directory would take each other's files away.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct LockTests {
    @Test func whileOneBuildsNobodyElseBuildsOrCleans() throws {
        let project = try Project(
            "app:\n  from: {type: tar, url: base.tar}\n  run: [touch /stacker-is-here, sleep 3]\n")
        try project.makeBase()
        let script = """
            stacker=\(Program.built("stacker"))
            $stacker build >first.log 2>&1 &
            until [ -e roots/app/overlay/stacker-is-here ]; do sleep 0.05; done
            $stacker build; echo "second: $?"
            $stacker clean; echo "clean: $?"
            wait $!; echo "first: $?"
            """
        let run = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(run.stdoutText == "second: 1\nclean: 1\nfirst: 0\n", "\(run.stdoutText)")
        let refusals = run.stderrText.components(separatedBy: "couldn't acquire lock on \(project.path)/.stacker/.lock")
        #expect(refusals.count == 3, "\(run.stderrText)")
        let naming = run.stderrText.components(separatedBy: ".lock: lock owned by pid ")
        #expect(naming.count == 3 && naming[1].contains("\(Program.built("stacker")) build"), "\(run.stderrText)")
        #expect(try project.layers("app").count == 1)
    }

    /// The kernel gives a lock up with the process: nothing stale can stand in the way.
    @Test func theLockOfAKilledBuildIsFreeAtOnce() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run: [touch /here, sleep 1000]\n")
        try project.makeBase()
        try project.write("other.yaml", "app:\n  from: {type: tar, url: base.tar}\n")
        let script = """
            stacker=\(Program.built("stacker"))
            $stacker build >first.log 2>&1 &
            until [ -e roots/app/overlay/here ]; do sleep 0.05; done
            kill -9 $!
            wait $!
            $stacker build -f other.yaml
            """
        let run = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(run.exitCode == 0, "\(run.stderrText)")
    }

    /// Several projects may put their images into one layout; each has locks of its own.
    @Test func fiftyStackersOnOneLayoutLoseNoTag() throws {
        let count = 50
        let project = try Project()
        try project.makeBase()
        for number in 1...count {
            try project.write(
                "\(number)/stacker.yaml",
                "image-\(number):\n  from: {type: tar, url: base.tar}\n  labels: {number: '\(number)'}\n")
        }
        let script = """
            for n in $(seq \(count)); do
                \(Program.built("stacker")) --work-dir $n --oci-dir oci build -f $n/stacker.yaml >$n/log 2>&1 &
                jobs="$jobs $!"
            done
            failed=0
            n=0
            for job in $jobs; do
                n=$((n + 1))
                wait $job || { failed=$((failed + 1)); cat $n/log; }
            done
            echo "failed: $failed"
            for n in $(seq \(count)); do \(Program.built("stacker")) --work-dir $n --oci-dir none$n clean || exit 1; done
            """
        let run = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(run.stdoutText == "failed: 0\n", "\(run.stdoutText)\(run.stderrText)")
        let entries = try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
        let tags = entries.compactMap {
            ($0["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"]
        }
        #expect(Set(tags) == Set((1...count).map { "image-\($0)" }))
        for tag in tags { _ = try project.configuration(tag) }
        for digest in Set(try tags.flatMap(project.layers)) {
            #expect(FileManager.default.fileExists(atPath: "\(project.path)/\(project.blob(digest))"))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/oci")
        #expect(left.sorted() == ["blobs", "index.json", "oci-layout"])
    }

    /// A downloaded project may ship a link as the lock; what it points to must stay as it is.
    @Test func aLinkInPlaceOfTheLockIsNotFollowed() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n")
        try project.makeBase()
        try project.write("letter", "keep me\n")
        try project.write(".stacker/x", "")
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/.stacker/.lock", withDestinationPath: "../letter")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("couldn't acquire lock on"), "\(build.stderrText)")
        #expect(try String(contentsOfFile: "\(project.path)/letter", encoding: .utf8) == "keep me\n")
    }
}
