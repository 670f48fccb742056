import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Images in which what stacker mounts on is something else than a directory, or is not there.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct OddRootTests {
    /// Builds on a base that `setUp` has changed, and looks at what a step needs.
    private func build(_ setUp: String, _ script: [String]) throws -> (Project, Program) {
        let items = (["#!/bin/sh"] + script).map { "    - '\($0)'\n" }.joined()
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n  run:\n\(items)")
        try project.makeBase()
        let changed = try project.run(
            "/bin/sh", "-c",
            ByteString(
                """
                set -e
                mkdir base && tar -xf base.tar -C base
                cd base; \(setUp); cd ..
                tar --sort=name --owner=0 --group=0 --numeric-owner -cf base.tar -C base .
                chmod -R u+rwx base; rm -rf base
                """))
        try #require(changed.exitCode == 0, "\(changed.stderrText)")
        return (project, try project.stacker("build"))
    }

    /// What every step has, wherever the image says that it is.
    private static let look = [
        "cat /proc/self/comm", "head -c 1 /dev/zero | wc -c", "ls -d /sys/kernel",
        "cat /etc/resolv.conf >/dev/null 2>&1",
        "[ -c /dev/null ] && [ -d /dev/pts ] && [ -d /dev/shm ] && echo devices",
    ]

    @Test(arguments: [
        "true", "rm -rf etc", "mkdir -p real; ln -s real proc", "mkdir real; ln -s /real dev", "ln -s /gone/far sys",
        "ln -s ../../../../../../tmp proc", "rm -rf etc; ln -s var/lib etc", "rm -rf etc; ln -s /nowhere/at/all etc",
        "mkdir -p dev/pts; ln -s /proc/1 dev/shm", "mkdir dev; ln -s /proc/sys/kernel/core_pattern dev/null",
        "mkdir dev; touch dev/null dev/console dev/pts dev/shm",
        "mkdir -p proc/self sys/kernel; echo fake > proc/self/comm",
        "ln -s loop etc/resolv.conf; ln -s resolv.conf etc/loop", "mkdir -p etc/resolv.conf/inside",
        "rm -rf etc; touch etc", "mkdir -m 500 proc dev sys; chmod 500 etc",
        "ln -s / stacker", "mkdir -p stacker/imports; echo hidden > stacker/imports/x",
    ])
    func workWhereThereIsAWayTo(_ setUp: String) throws {
        let (project, build) = try build(setUp, Self.look)
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(build.stdoutText == "cat\n1\n/sys/kernel\ndevices\n")
        // Nothing was changed but what stacker made and took away again.
        #expect(try project.layers("app").count == 1)
        let names = Set(try project.members(try project.layers("app")[0]).keys)
        #expect(names.isDisjoint(with: ["gone/", "nowhere/", "stacker/x"]), "\(names)")
        #expect(project.leftovers().isEmpty)
    }

    @Test(arguments: [
        ("touch proc", "/proc"), ("mkfifo dev", "/dev"), ("touch sys", "/sys"), ("ln -s proc proc", "/proc"),
        ("ln -s a dev; ln -s dev a", "/dev"), ("touch stacker", "/stacker/imports"), ("ln -s /proc/1/root dev", "/dev"),
        ("touch file; ln -s file/x sys", "/sys"),
    ])
    func areErrorsThatNameThePlaceWhereThereIsNone(_ setUp: String, _ place: String) throws {
        let (project, build) = try build(setUp, ["echo ran"])
        #expect(build.exitCode == 1)
        #expect(!build.stdoutText.contains("ran"))
        #expect(build.stderrText.contains(place), "\(build.stderrText)")
        #expect(build.stderrText.contains("hint:"), "\(build.stderrText)")
        #expect(build.stderrText.split(separator: "\n").count <= 8, "\(build.stderrText)")
        #expect(project.leftovers().isEmpty)
    }
}
