import Diagnostics
import Foundation
import Glibc
import HelperProtocol
import LinuxSystem
import Testing

@Suite struct StepTests {
    @Test(arguments: TestUser.all)
    func `a step is root below an init of ours, with a host name of its own`(user: TestUser) throws {
        let output = try Workshop(user).succeed("id -u; id -g; id -G; hostname; cat /proc/1/comm; pwd; umask")
        #expect(output == "0\n0\n0\nstacker\nstacker-nsexec\n/\n0022\n")
    }

    @Test(arguments: TestUser.all)
    func `a step has exactly three descriptors and ordinary signals`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let output = try workshop.succeed(
            "n=0; while [ $n -lt 300 ]; do [ -e /proc/$$/fd/$n ] && echo $n; n=$((n+1)); done; true")
        #expect(output == "0\n1\n2\n")
        try workshop.renew()
        var step = workshop.step("")
        step.arguments = ["/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
        #expect(
            try workshop.perform(.step(step)).output
                == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test(arguments: TestUser.all)
    func `no capability is inheritable or ambient, and a filter is installed (CVE-2022-24769)`(user: TestUser) throws {
        let output = try Workshop(user).succeed("grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/self/status")
        #expect(output.contains("CapInh:\t0000000000000000"))
        #expect(output.contains("CapAmb:\t0000000000000000"))
        #expect(output.contains("Seccomp:\t2"))
        #expect(output.contains("NoNewPrivs:\t0"))
        // CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT MKNOD SETFCAP
        if !user.needsUserNamespace {
            #expect(output.contains("CapBnd:\t00000000880405fb"))
            #expect(output.contains("CapEff:\t00000000880405fb"))
        }
    }

    @Test(arguments: TestUser.all)
    func `the command cannot look into process 1, whose program is the host's (CVE-2019-5736)`(
        user: TestUser
    ) throws {
        let output = try Workshop(user).succeed(
            "for place in exe cwd root fd/1 environ maps; do cat /proc/1/$place 2>&1 | head -c 200; done; true")
        #expect(output.split(separator: "\n").allSatisfy { $0.hasSuffix(": Permission denied") })
        #expect(output.split(separator: "\n").count == 6)
    }

    @Test(.enabled(if: geteuid() == 0 && TestUser.ordinary != nil, "needs root, and a user with subordinate ids"))
    func `where parts of /proc are hidden, as in a container, the one that is there is shown`() throws {
        let workshop = try Workshop(try #require(TestUser.ordinary))
        let result = try workshop.perform(
            .step(
                workshop.step("id -u; cat /proc/self/comm; ls /proc/scsi /proc/fs | wc -w; touch /proc/sys/kernel/x")),
            after: "mount -t tmpfs none /proc/fs")
        #expect(result.output.hasPrefix("0\ncat\n"))
        #expect(result.reply == .exited(1))
    }

    @Test(arguments: TestUser.all)
    func `a step sees the image's mounts and no others`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let output = try workshop.succeed("cut -d' ' -f5 /proc/self/mountinfo; ls -d /proc/1/root/tmp 2>&1 || :")
        let places = output.split(separator: "\n").filter { $0.hasPrefix("/") }
        #expect(places.filter { $0 == "/" }.count == 1)
        for place in places where place != "/" {
            let known = ["/proc", "/dev", "/sys", "/etc/resolv.conf"]
            #expect(known.contains { place == $0 || place.hasPrefix("\($0)/") }, "\(place)")
        }
        #expect(!output.contains(workshop.path))
    }

    @Test(arguments: TestUser.all)
    func `kernel settings and cgroups cannot be written, hidden files are empty (CVE-2023-25809)`(
        user: TestUser
    ) throws {
        let output = try Workshop(user).succeed(
            """
            for file in /proc/sys/kernel/hostname /proc/sysrq-trigger /sys/power/state; do
                (echo x > $file) 2>&1 | grep -c -E 'Read-only|Permission|nonexistent' ; done
            mkdir /sys/fs/cgroup/x 2>&1 | grep -c -E 'Read-only|Permission'
            cat /proc/keys /proc/timer_list | wc -c
            ls /proc/acpi /sys/firmware 2>/dev/null | grep -v : | wc -w
            """)
        #expect(output == "1\n1\n1\n1\n0\n0\n")
    }

    @Test(arguments: TestUser.all)
    func `devices work, and those that the image brings do not`(user: TestUser) throws {
        let output = try Workshop(user).succeed(
            """
            echo x > /dev/null; head -c 3 /dev/zero | wc -c; head -c 3 /dev/urandom | wc -c
            echo full > /dev/full 2>/dev/null || echo full
            ls -l /dev/ptmx /dev/stdin | sed 's/.*-> //'; stat -c %a /dev/shm
            mknod /made c 1 3 2>/dev/null && (cat /made 2>/dev/null && echo usable || echo refused) || echo refused
            """)
        #expect(output == "3\n3\nfull\npts/ptmx\n/proc/self/fd/0\n1777\nrefused\n")
    }

    @Test(arguments: TestUser.all)
    func `the exit status and the signal of the command are passed on`(user: TestUser) throws {
        let workshop = try Workshop(user)
        #expect(try workshop.perform(.step(workshop.step("exit 7"))).reply == .exited(7))
        try workshop.renew()
        #expect(try workshop.perform(.step(workshop.step("kill -9 $$"))).reply == .signalled(9))
    }

    @Test(arguments: TestUser.all)
    func `a command that is not there, or is no program, is told apart from one that fails`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("echo text > base/text; chmod 755 base/text")
        for (command, number) in [
            ("/missing", ENOENT), ("nowhere", ENOENT), ("", ENOENT), ("/text", ENOEXEC), ("/bin", EACCES),
        ] {
            try workshop.renew()
            var step = workshop.step("")
            step.arguments = [ByteString(command)]
            #expect(
                try workshop.perform(.step(step)).reply
                    == .failed(HelperFailure(.command, call: "execve", path: ByteString(command), errno: number)))
        }
    }

    @Test(arguments: TestUser.all)
    func `the working directory lies inside the image, whatever its name says (CVE-2024-21626)`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir base/w; ln -s /w base/link; ln -s ../../../../w base/up")
        for name in ["/w", "/link", "/up", "/../../w"] {
            try workshop.renew()
            var step = workshop.step("/bin/pwd")
            step.workingDirectory = ByteString(name)
            #expect(try workshop.perform(.step(step)).output == "/w\n")
        }
        for name in (3...9).map({ "/proc/self/fd/\($0)" }) + ["/proc/1/cwd", "/missing"] {
            try workshop.renew()
            var step = workshop.step("/bin/pwd")
            step.workingDirectory = ByteString(name)
            guard case .failed(let failure) = try workshop.perform(.step(step)).reply else {
                Issue.record("\(name) was entered")
                continue
            }
            #expect(failure.stage == .command)
        }
    }

    @Test(arguments: TestUser.all)
    func `orphans are reaped, and what still runs ends with the command`(user: TestUser) throws {
        let output = try Workshop(user).succeed(
            """
            (sleep 0.05 &) ; (sleep 77 &) ; sleep 0.2
            for n in /proc/[0-9]*; do grep -l '^State:.Z' $n/status 2>/dev/null || :; done
            grep -h '^PPid' /proc/[0-9]*/status | sort | uniq -c | tr -s ' '
            """)
        #expect(!output.contains("/status"), "no zombie is left")
        // The command and the long sleeper are children of init.
        #expect(output.contains(" 2 PPid:\t1\n"))
    }

    @Test(arguments: TestUser.all)
    func `a lower directory can be renamed`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir base/old; echo text > base/old/file")
        let output = try workshop.succeed("mv /old /new; cat /new/file; ls -d /old 2>&1 || :")
        #expect(output.hasPrefix("text\n"))
        #expect(output.contains("No such file"))
    }

    @Test(arguments: TestUser.all)
    func `layers lie in the order in which they are named`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("mkdir one two; echo 1 > one/both; echo 1 > one/first; echo 2 > two/both")
        #expect(try workshop.succeed("cat /both /first", layers: ["base", "one", "two"]) == "2\n1\n")
    }

    @Test(arguments: TestUser.all)
    func `a step without layers has an empty image`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("cp /bin/busybox .")
        var step = workshop.step("", layers: [])
        step.binds = [
            Step.Bind(source: ByteString("\(workshop.path)/busybox"), destination: "/busybox", isWritable: false)
        ]
        step.arguments = ["/busybox", "ls", "/"]
        let result = try workshop.perform(.step(step))
        #expect(result.output == "busybox\ndev\netc\nproc\nsys\n")
        #expect(try workshop.run("ls -A upper") == "")
    }

    @Test(arguments: TestUser.all)
    func `a missing layer is named`(user: TestUser) throws {
        let workshop = try Workshop(user)
        let reply = try workshop.perform(.step(workshop.step("true", layers: ["base", "gone"]))).reply
        guard case .failed(let failure) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(failure.stage == .mountOverlay)
        #expect(failure.errno == ENOENT)
        #expect(failure.path?.description.contains("gone") == true)
    }

    @Test(arguments: TestUser.all)
    func `five hundred layers are stacked, and no more`(user: TestUser) throws {
        let workshop = try Workshop(user)
        try workshop.run("for n in $(seq 500); do mkdir l$n; echo $n > l$n/f$n; echo $n > l$n/same; done")
        let layers = ["base"] + (1...500).map { ByteString("l\($0)") }
        #expect(
            try workshop.succeed("ls /f* | wc -l; cat /same; rm /f7; ls /f* | wc -l", layers: Array(layers.dropLast()))
                == "499\n499\n498\n")
        try workshop.renew()
        guard case .failed(let failure) = try workshop.perform(.step(workshop.step("true", layers: layers))).reply
        else {
            Issue.record("501 layers were stacked")
            return
        }
        #expect(failure.stage == .mountOverlay)
    }
}
