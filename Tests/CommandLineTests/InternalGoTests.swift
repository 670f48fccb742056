import Diagnostics
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct `The hidden commands` {
    /// Runs a shell script in an empty directory, where `s VERB …` is `stacker internal-go VERB …`.
    private func shell(_ script: String) throws -> Program {
        let directory = try TemporaryDirectory()
        let stacker = Program.built("stacker").string
        return try Program.run(
            "/bin/bash", ["-c", ByteString("s() { \(stacker) internal-go \"$@\"; }\n\(script)")],
            currentDirectory: directory.path)
    }

    @Test func `are in no help text and no completion`() throws {
        let texts = try shell("\(Program.built("stacker")) --help; \(Program.built("stacker")) help build")
        #expect(texts.exitCode == 0)
        #expect(!texts.stdoutText.contains("internal"))
        let script = try shell("\(Program.built("stacker")) --generate-completion-script bash")
        #expect(!script.stdoutText.contains("internal-go"))
    }

    @Test(arguments: [
        "cp", "cp a", "cp a b c", "chmod 644", "chown 0", "chmod 644 a b", "chown", "check-aa-profile",
        "check-aa-profile a b", "testsuite-check-overlay x",
    ])
    func `want the right number of arguments`(_ line: String) throws {
        let run = try shell("touch a b; s \(line)")
        #expect(run.exitCode == 1)
        #expect(run.stderr == "error: wrong number of args\n")
    }

    @Test(arguments: ["frob", "", "worker", "copy oci:a:b oci:c:d"])
    func `are no others`(_ line: String) throws {
        #expect(try shell("s \(line)").exitCode == 3)
    }

    @Test func `begin as every command does, and fail as every command does`() throws {
        #expect(try shell("SOURCE_DATE_EPOCH=x s cp a b").stderrText.contains("invalid SOURCE_DATE_EPOCH"))
        let debug = try shell("touch a; s --debug cp a b; ls")
        #expect(debug.stderrText.hasPrefix("stacker version"))
        #expect(debug.stdout == "a\nb\n")
        #expect(try shell("s --roots-dir a:b cp a b").stderrText.contains("forbidden"))
        #expect(try shell("s --nothing cp a b").exitCode == 1)
        #expect(try shell("s cp a b >/dev/full").exitCode == 1)
    }

    @Test func `copy one file, with its mode, over what had the name`() throws {
        let run = try shell(
            """
            printf new >a; chmod 4751 a; printf 'much older' >b; mkdir d
            s cp a b && s cp ./a $PWD/d/c && cat b d/c; echo
            stat -c %a b d/c
            ln -s gone l && s cp l m && readlink m
            ln -s b n && s cp a n && stat -c %F n
            ls -A . d
            """)
        #expect(
            run.stdout == "newnew\n4751\n4751\ngone\nregular file\n.:\na\nb\nd\nl\nm\nn\n\nd:\nc\n", "\(run.stderrText)"
        )
    }

    @Test func `copy names that are not UTF-8`() throws {
        let run = try shell("printf x >$'\\xff'; s cp $'\\xff' $'\\xfe' && ls -A --quoting-style=c")
        #expect(run.stdout == "\"\\376\"\n\"\\377\"\n", "\(run.stderrText)")
    }

    @Test func `copy all that is in a directory, into one that may be there already`() throws {
        let run = try shell(
            """
            mkdir -p a/sub/deep b/sub; printf 1 >a/f; printf 2 >a/sub/deep/f; ln -s nowhere a/l; chmod 710 a/sub/deep
            printf kept >b/sub/kept; printf old >b/f
            s cp a b && s cp a/ c && cd b && find . | sort && cat f sub/deep/f sub/kept && echo && stat -c %a sub/deep
            cd .. && ls c
            """)
        #expect(
            run.stdout == """
                .
                ./f
                ./l
                ./sub
                ./sub/deep
                ./sub/deep/f
                ./sub/kept
                12kept
                710
                f
                l
                sub

                """, "\(run.stderrText)")
    }

    @Test(arguments: [
        ("s cp missing b", "cannot copy missing to b: open missing: No such file or directory"),
        ("touch a; mkdir b; s cp a b", "cannot copy a to b: renameat2 a: Is a directory"),
        ("mkdir -p a/b; s cp a a/b/c", "cannot copy a to a/b/c: the target is in the source"),
        ("mkdir a; s cp a a", "cannot copy a to a: the target is in the source"),
        ("mkfifo a; s cp a b", "cannot copy a to b: copy a: Operation not supported"),
        ("touch a; s cp a /", "cannot copy a to /: the target has no name"),
        ("mkdir a; touch b; s cp a b", "cannot copy a to b: openat2 b: Not a directory"),
    ])
    func `do not copy what makes no sense, and leave nothing`(_ script: String, _ message: String) throws {
        let run = try shell("\(script); echo $?; find . -name '.tmp*'")
        #expect(run.stdout == "1\n")
        #expect(run.stderrText == "error: \(message)\n")
    }

    @Test func `change the mode of a file that nobody may read`() throws {
        let run = try shell("touch a; chmod 0 a; s chmod 4750 a && s chmod 0000 a && s chmod 2711 a && stat -c %a a")
        #expect(run.stdout == "2711\n", "\(run.stderrText)")
    }

    @Test(arguments: [
        ("chmod 755 d", "cannot chmod d: it is a directory"), ("chmod 755 l", "cannot chmod l: it is a symbolic link"),
        ("chmod 888 f", "invalid mode 888: use up to four octal digits"),
        ("chmod +x f", "invalid mode +x: use up to four octal digits"),
        ("chmod '' f", "invalid mode : use up to four octal digits"),
        ("chmod 10000 f", "invalid mode 10000: use up to four octal digits"),
        ("chmod 755 gone", "cannot chmod gone: open gone: No such file or directory"),
        ("chmod 755 ''", " is no path"), ("chown 0 d", "cannot chown d: it is a directory"),
        ("chown -1 f", "invalid owner -1: use UID or UID:GID"),
        ("chown root f", "invalid owner root: use UID or UID:GID"),
        ("chown 0: f", "invalid owner 0:: use UID or UID:GID"), ("chown '' f", "invalid owner : use UID or UID:GID"),
        ("chown 4294967295 f", "invalid owner 4294967295: use UID or UID:GID"),
        ("chown 4294967296 f", "invalid owner 4294967296: use UID or UID:GID"),
        ("chown 1:2:3 f", "invalid owner 1:2:3: use UID or UID:GID"),
    ])
    func `change modes and owners of what they should only`(_ line: String, _ message: String) throws {
        let run = try shell("mkdir d; touch f; chmod 640 f; ln -s f l; s \(line); echo $?; stat -c '%a %u' f")
        #expect(run.stdoutText == "1\n640 \(geteuid())\n")
        #expect(run.stderrText == "error: \(message)\n")
    }

    @Test(.enabled(if: Host.isRoot, "needs root"))
    func `give a file away, and a link instead of what it points to`() throws {
        let run = try shell(
            "touch a b; ln -s b l; s chown 7 a && s chown 8:9 l && stat -c '%n %u:%g' a b l")
        #expect(run.stdout == "a 7:0\nb 0:0\nl 8:9\n", "\(run.stderrText)")
    }

    @Test func `say so where the kernel has no AppArmor, or no such profile`() throws {
        let enabled = try shell("cat /sys/module/apparmor/parameters/enabled").stdout == "Y\n"
        let run = try shell("s check-aa-profile no-such-profile")
        #expect(run.exitCode == (enabled ? 1 : 52), "\(run.stderrText)")
    }
}
