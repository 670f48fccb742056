import Diagnostics
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import stacker

private let program = Program.built("stacker")

@Suite struct `The stacker program` {
    /// Runs stacker in an empty directory.
    private func stacker(
        _ arguments: [ByteString], environment: [ByteString] = [], name: ByteString? = nil
    ) throws -> Program {
        let directory = try TemporaryDirectory()
        return try Program.run(
            program, arguments, environment: Program.defaultEnvironment + environment,
            currentDirectory: directory.path, name: name, timeLimit: .seconds(30))
    }

    /// Runs a shell script with `$1` = stacker, in an empty directory.
    private func shell(_ script: String, timeLimit: Duration = .seconds(30)) throws -> Program {
        let directory = try TemporaryDirectory()
        return try Program.run(
            "/bin/sh", ["-c", ByteString(script), "sh", ByteString(program.string)], currentDirectory: directory.path,
            timeLimit: timeLimit)
    }

    @Test(arguments: [[], ["--help"], ["-h"], ["help"], ["--debug"]] as [[ByteString]])
    func `prints its commands and flags`(_ arguments: [ByteString]) throws {
        let run = try stacker(arguments)
        #expect(run.status == .exited(0))
        #expect(run.stdoutText.contains("COMMANDS:"))
        #expect(run.stdoutText.contains("--roots-dir"))
        #expect(run.stderr.isEmpty)
    }

    @Test(arguments: [["--version"], ["-v"], ["build", "--version"]] as [[ByteString]])
    func `prints its version`(_ arguments: [ByteString]) throws {
        let run = try stacker(arguments)
        #expect(run.status == .exited(0))
        #expect(run.stdout == "stacker version 0.1.0\n")
    }

    @Test func `prints the usage text and the mistake for an unknown flag`() throws {
        let run = try stacker(["build", "--nothing"])
        #expect(run.status == .exited(1))
        #expect(run.stdoutText.contains("USAGE: stacker build"))
        #expect(run.stderr == "error: flag provided but not defined: -nothing\n")
    }

    @Test(arguments: [["bild"], ["help", "bild"]] as [[ByteString]])
    func `has no help topic for an unknown command`(_ arguments: [ByteString]) throws {
        let run = try stacker(arguments)
        #expect(run.status == .exited(3))
        #expect(run.stdout.isEmpty)
        #expect(run.stderr == "No help topic for 'bild' (did you mean 'build'?)\n")
    }

    @Test(
        arguments: [
            (
                ["--quiet", "build", "--debug"],
                "Error: --quiet and --debug don't make sense together\n  class: usage\n"
            ),
            (["clean", "x"], "error: Unexpected argument 'x'\n"),
            (["clean", "x", "--help"], "error: 2 unexpected arguments: 'x', '--help'\n"),
            (["build", "--roots-dir", "a:b"], "error: a colon in --roots-dir is forbidden: a:b\n"),
            (["build", ByteString([0x78, 0xff]), "y"], "error: argument is not UTF-8: x\\xff\n"),
            (
                ["build", "--storage-type=btrfs"],
                "error: storage type btrfs is not supported yet\n  hint: leave --storage-type out, or set it to overlay\n"
            ),
            (
                ["build", "--storage-type", "x\r"],
                "error: unknown storage type x\\x0d\n  hint: leave --storage-type out, or set it to overlay\n"
            ),
        ] as [([ByteString], ByteString)])
    func `explains a mistake on standard error and exits with 1`(_ arguments: [ByteString], _ message: ByteString)
        throws
    {
        let run = try stacker(arguments)
        #expect(run.status == .exited(1))
        #expect(run.stderr == message)
    }

    @Test(arguments: [["build", "--help"], ["clean", "--help"]] as [[ByteString]])
    func `reads SOURCE_DATE_EPOCH for every command, its help too`(_ arguments: [ByteString]) throws {
        let bad = try stacker(arguments, environment: ["SOURCE_DATE_EPOCH=1e9"])
        #expect(bad.status == .exited(1))
        #expect(
            bad.stderr == "error: invalid SOURCE_DATE_EPOCH value \"1e9\": not a whole number of seconds since 1970\n")
        #expect(try stacker(arguments, environment: ["SOURCE_DATE_EPOCH=1"]).status == .exited(0))
    }

    @Test func `tells its version when debugging, with the time when asked`() throws {
        let plain = try stacker(["--debug", "build", "--help"])
        #expect(plain.stderr == "stacker version 0.1.0\n")
        #expect(plain.stdoutText.contains("USAGE: stacker build"))
        let timed = try stacker(["--debug", "--log-timestamp", "build", "--help"])
        #expect(timed.stderrText.wholeMatch(of: /[0-9T:-]{19}Z stacker version 0.1.0\n/) != nil)
    }

    @Test func `writes the log into an emptied file and nothing to standard error`() throws {
        let run = try shell(
            "echo old >log; $1 --debug --log-file log build --help >/dev/null || exit; cat log; stat -c %F log")
        #expect(run.stdout == "stacker version 0.1.0\nregular file\n")
        #expect(run.stderr.isEmpty)
    }

    @Test(arguments: [
        ("ln -s canary log", "Too many levels of symbolic links"), ("mkfifo log", "No such device or address"),
        ("mkdir log", "Is a directory"), ("mknod log c 1 7 2>/dev/null || ln -s /dev/full log", ""),
    ])
    func `takes a regular file for its log only`(_ make: String, _ reason: String) throws {
        let run = try shell("echo precious >canary; \(make); $1 --log-file=log build --help; echo $?; cat canary")
        #expect(run.stdout == "1\nprecious\n")
        #expect(run.stderrText.hasPrefix("error: cannot open the log file: "))
        #expect(run.stderrText.contains(reason))
    }

    @Test(arguments: [
        ("$1 --config c build --help", "error: a colon in --roots-dir is forbidden: a:b\n"),
        ("XDG_CONFIG_HOME=$PWD $1 build --help", "error: a colon in --roots-dir is forbidden: x:y\n"),
        ("HOME=$PWD $1 build --help", "error: a colon in --roots-dir is forbidden: h:h\n"),
        ("HOME=$PWD XDG_CONFIG_HOME= $1 build --help", "error: a colon in --roots-dir is forbidden: h:h\n"),
        ("HOME=$PWD $1 build --roots-dir r --help", ""),
        ("XDG_CONFIG_HOME=. HOME=. $1 build --help", ""),
        (
            "$1 --config missing build --help",
            "going on without the configuration file: open missing: No such file or directory\n"
        ),
        ("$1 --config / build --help", "going on without the configuration file: open /: Invalid argument\n"),
        ("chmod o+w ok; $1 --config ok build --help", "others than you can change the configuration file ok\n"),
    ])
    func `reads default directories from a configuration file`(_ line: String, _ message: ByteString) throws {
        let run = try shell(
            """
            echo 'rootfs_dir: a:b' >c; echo 'rootfs_dir: x:y' >conf.yaml; echo 'oci_dir: o' >ok
            mkdir -p .config/stacker; echo 'rootfs_dir: h:h' >.config/stacker/conf.yaml
            \(line)
            """)
        #expect(run.stderr == message)
    }

    @Test func `shows where a configuration file is wrong`() throws {
        let run = try shell("echo 'oci_dir: [a]' >c; $1 --config=c clean")
        #expect(run.status == .exited(1))
        #expect(run.stderrText.hasPrefix("c:1:10: error: "))
    }

    @Test func `needs no width to print help`() throws {
        let usual = try stacker(["--help"])
        for columns in ["-1", "0", "3", "x", "99999999999999999999"] as [String] {
            let run = try stacker(["--help"], environment: [ByteString("COLUMNS=\(columns)"), "LINES=-1", "TERM=bad"])
            #expect(run.status == .exited(0))
            #expect(run.stdout == usual.stdout)
            #expect(try stacker(["clean", "x"], environment: [ByteString("COLUMNS=\(columns)")]).status == .exited(1))
        }
    }

    @Test func `ends quietly when nobody reads its output`() throws {
        let run = try shell("{ sleep 0.2; $1 --help; echo $? >&2; } | true")
        #expect(run.stderr == "141\n")
    }

    @Test func `fails when its output is lost`() throws {
        let full = try shell("$1 --help >/dev/full")
        #expect(full.status == .exited(1))
        #expect(full.stderr == "error: cannot write to standard output: No space left on device\n")
    }

    @Test(arguments: 0..<8)
    func `survives closed standard descriptors, and lets no file take their place`(_ closed: Int) throws {
        let redirections = [(1, "<&-"), (2, ">&-"), (4, "2>&-")].filter { closed & $0.0 != 0 }.map(\.1)
        let run = try shell(
            "$1 --debug --log-file=log build --help \(redirections.joined(separator: " ")); echo $? >status; cat status log"
        )
        let lines = run.stdoutText.split(separator: "\n").suffix(2)
        #expect(lines == [closed & 2 == 0 ? "0" : "1", "stacker version 0.1.0"])
    }

    @Test(arguments: ["", "../x", "a\nb", ByteString(String(repeating: "x", count: 100_000))] as [ByteString])
    func `does not care for its own name`(_ name: ByteString) throws {
        #expect(try stacker(["--version"], name: name).stdout == "stacker version 0.1.0\n")
    }

    @Test func `takes an argument as long as the kernel allows`() throws {
        let long = ByteString(String(repeating: "x", count: 131_000))
        let run = try stacker(["build", "--storage-type", long])
        #expect(run.status == .exited(1))
        #expect(run.stderr.count > long.count)
    }

    @Test func `needs no working directory for help`() throws {
        let run = try shell("mkdir d && cd d && rmdir ../d && $1 --version && $1 build")
        #expect(run.status == .exited(1))
        #expect(run.stdout == "stacker version 0.1.0\n")
        #expect(
            run.stderr
                == "error: cannot find the working directory: No such file or directory\n  hint: change to a directory that exists\n"
        )
    }

    @Test(arguments: [("TERM", 143), ("INT", 130)])
    func `ends with the status of the signal`(_ signal: String, _ status: Int) throws {
        // A full pipe holds stacker; job control, because sh lets background jobs ignore SIGINT.
        let directory = try TemporaryDirectory()
        let script = """
            set -m; mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3
            "$1" --help >pipe & sleep 0.5; kill -\(signal) $!; wait $!; echo $?
            """
        let run = try Program.run(
            "/bin/bash", ["-c", ByteString(script), "bash", ByteString(program.string)],
            currentDirectory: directory.path)
        #expect(run.stdout == ByteString("\(status)\n"))
    }

    @Test func `does not keep the signals that its parent ignored or blocked, nor ignores any for its children`() throws
    {
        let directory = try TemporaryDirectory()
        let script = """
            mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3
            env --ignore-signal=CHLD --block-signal=TERM --block-signal=USR1 "$1" --help >pipe &
            sleep 0.5; grep -E 'SigBlk|SigIgn' /proc/$!/status; kill -TERM $!; wait $!; echo $?
            """
        let run = try Program.run(
            "/bin/bash", ["-c", ByteString(script), "bash", ByteString(program.string)],
            currentDirectory: directory.path)
        let lines = run.stdoutText.split(separator: "\n")
        // A shell starts what runs in the background with SIGINT and SIGQUIT ignored, which is right to keep.
        #expect(lines.first == "SigBlk:\t0000000000000000")
        #expect(lines.dropFirst().first.map { $0.hasSuffix("6") } == true, "\(lines)")
        #expect(lines.last == "143")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `prints a completion script that names every command and global flag`(_ name: String) throws {
        let run = try stacker(["--generate-completion-script", ByteString(name)])
        #expect(run.status == .exited(0))
        for word in Stacker.syntax.commands.keys + GlobalOptions.syntax.flatMap(\.names) {
            #expect(run.stdoutText.contains(word))
        }
        if name == "bash" {
            #expect(try Program.run("/bin/bash", ["-n"], stdin: run.stdout).status == .exited(0))
        }
    }

    @Test func `has completions for known shells only`() throws {
        let run = try stacker(["--generate-completion-script=tcsh"])
        #expect(run.status == .exited(1))
        #expect(run.stderr == "error: no completions for tcsh: use bash, zsh or fish\n")
    }

    @Test func `completes through the script it printed`() throws {
        let run = try Program.run(
            "/bin/bash",
            [
                "-c",
                """
                PATH=${1%/*}:$PATH; source <(stacker --generate-completion-script bash)
                COMP_WORDS=(stacker bu) COMP_CWORD=1 COMP_LINE='stacker bu' COMP_POINT=10
                _stacker stacker bu stacker; echo "${COMPREPLY[@]}"
                """, "bash", ByteString(program.string),
            ])
        #expect(run.stdout == "build\n")
    }
}
