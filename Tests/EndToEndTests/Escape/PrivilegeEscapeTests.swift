import Diagnostics
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// From inside a step there is no key, call, right or terminal that reaches farther than the image.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("cc"))
struct PrivilegeEscapeTests {
    @Test func keysAndCallsThatNoBuildNeedsAreRefused() throws {
        let attempt = try EscapeAttempt(["escape forbidden", "exit 0"])
        attempt.expectFailure(of: 15)
        for call in ["add_key", "request_key", "keyctl", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup"] {
            #expect(attempt.tries(call).allSatisfy { $0.hasSuffix("EPERM") } && !attempt.tries(call).isEmpty, "\(call)")
        }
    }

    /// CVE-2017-5226, CVE-2019-7303: a terminal would take what is pushed into its input.
    @Test(.requiresTool("python3")) func noTerminalOfTheUserIsInReach() throws {
        let attempt = try EscapeAttempt(["true"])
        try attempt.project.write(
            "stacker.yaml",
            "app:\n  from: {type: tar, url: base.tar}\n  run: ['#!/bin/sh', escape terminal, exit 0]\n")
        let command = "\(Program.built("stacker")) --no-progress build 2>err"
        let build = try attempt.project.run("/usr/bin/script", "-qec", ByteString(command), "/dev/null")
        #expect(build.exitCode == 0, "\(build.stdoutText)")
        let tries = build.stdoutText.split { $0.isNewline }.filter { $0.contains(": ") }
        #expect(tries.count >= 16, "\(build.stdoutText)")
        #expect(tries.filter { $0.hasSuffix("WORKED") } == [])
    }

    /// CVE-2022-24769, CVE-2018-10856: what another user starts has no rights of root.
    @Test func anotherUserInTheImageHasNoCapabilities() throws {
        let attempt = try EscapeAttempt([
            "echo 'nobody:x:1000:1000::/:/bin/sh' >> /etc/passwd; ln -s busybox /bin/su",
            "su nobody -c 'id -u; id -G; grep -E ^Cap...: /proc/self/status'",
            "grep -E '^Cap(Inh|Amb):' /proc/self/status",
            "rm /bin/su; exit 0",
        ])
        let rights = attempt.lines.filter { $0.hasPrefix("Cap") && !$0.hasPrefix("CapBnd") }
        #expect(rights.count == 6, "\(attempt.output)")
        #expect(rights.allSatisfy { $0.hasSuffix("\t0000000000000000") }, "\(rights)")
        #expect(attempt.lines.prefix(2) == ["1000", "1000"])
    }

    /// CVE-2022-2989, CVE-2022-36109: rights of the caller's other groups do not come along.
    @Test func groupsOfTheCallerAreNotThoseOfAStep() throws {
        let attempt = try EscapeAttempt(["id -G", "grep ^Groups: /proc/self/status", "exit 0"])
        #expect(attempt.lines.first == "0")
        #expect(
            attempt.lines.last?.split(separator: "\t").dropFirst().allSatisfy { $0.allSatisfy(" 0".contains) } == true)
    }

    @Test func aStepHasThreeDescriptorsAndNoInput() throws {
        let attempt = try EscapeAttempt([
            "n=0; while [ $n -lt 1024 ]; do [ -e /proc/$$/fd/$n ] && echo $n; n=$((n+1)); done",
            "readlink /proc/$$/fd/0", "wc -c", "exit 0",
        ])
        // The shell reads its script by a descriptor of its own.
        #expect(attempt.lines.filter { Int($0).map { $0 <= 2 } ?? false }.count >= 3, "\(attempt.output)")
        #expect(attempt.lines.suffix(2) == ["/dev/null", "0"], "\(attempt.output)")
    }
}
