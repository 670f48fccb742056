import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// A failing `run` is told by its line, whatever shell the image has, and nothing else is different for the script.
@Suite(
    .requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"), .requiresTool("bash"),
    .requiresTool("dash"))
struct FailingScriptTests {
    private static let shells = ["busybox", "bash", "dash"]

    /// A project whose base has this shell as its /bin/sh.
    private func project(_ shell: String, _ rest: String) throws -> Project {
        let project = try Project("app:\n  from: {type: tar, url: base.tar}\n\(rest)")
        try project.makeBase("plain.tar")
        let script = """
            set -e
            mkdir base; tar -xf plain.tar -C base
            if [ \(shell) != busybox ]; then
                rm base/bin/sh; cp -L "$(command -v \(shell))" base/bin/sh
                ldd base/bin/sh | grep -o '/[^ ]*' | while read -r file; do cp -L --parents "$file" base; done
            fi
            tar --owner=0 --group=0 --numeric-owner -cf base.tar -C base .
            """
        let made = try project.run("/bin/sh", "-c", ByteString(script))
        try #require(made.exitCode == 0, "\(made.stderrText)")
        return project
    }

    private func error(_ project: Project) throws -> String {
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        let start = try #require(build.stderrText.range(of: "\(project.path)/stacker.yaml:"), "\(build.stderrText)")
        return String(build.stderrText[start.upperBound...])
    }

    @Test(arguments: shells)
    func theLineThatFailedIsShown(_ shell: String) throws {
        let project = try project(
            shell,
            """
              run: |
                trap 'echo leaving' EXIT
                echo one >/one; cat <<EOF
                if [
                EOF

                test -d \\
                  /nowhere
                echo never
            """)
        #expect(
            try error(project)
                == """
                9:5: error: run commands failed for image "app" in "\(project.path)/stacker.yaml": exit status 1, the \
                last command was: echo leaving
                    test -d \\
                    ^
                  hint: see what it left in \(project.path)/roots/app/overlay, or build with --shell-fail to get a \
                shell there

                """)
        #expect(try project.run("/bin/cat", "roots/app/overlay/one").stdoutText == "one\n")
    }

    @Test(arguments: shells)
    func aLineInsideOfACommandIsFoundByItsTrace(_ shell: String) throws {
        let project = try project(
            shell,
            "  run:\n    - echo first\n    - |\n      if true; then\n        echo second\n        ls '/no where'\n      fi\n"
        )
        let error = try error(project)
        #expect(error.hasPrefix("8:9: error: run commands failed for image"), "\(error)")
        #expect(error.contains("stacker.yaml:6:7: note: in the command that begins here\n      if true; then\n"))
    }

    @Test(arguments: shells)
    func whereSeveralLinesMayHaveFailedAllAreNamed(_ shell: String) throws {
        let project = try project(
            shell, "  run: |\n    for x in 1 2; do\n      test $x = 1\n      test $x = 1\n    done >/dev/null\n")
        let error = try error(project)
        #expect(error.hasPrefix("4:5: error: run commands failed for image"), "\(error)")
        #expect(error.contains("exit status 1 in lines 4 to 7, the last command was: test 2 "), "\(error)")
    }

    @Test(arguments: shells)
    func aMistakeInTheScriptIsTakenForTheLineItIsIn(_ shell: String) throws {
        let error = try error(try project(shell, "  run: |\n    echo a\n    echo )\n    echo b\n"))
        #expect(error.hasPrefix("5:5: error: run commands failed for image"), "\(error)")
    }

    @Test func anotherInterpreterIsToldByItsBlock() throws {
        let project = try project("busybox", "  run: |\n    #!/bin/busybox sh\n    false\n    exit 9\n")
        let error = try error(project)
        #expect(error.hasPrefix("3:8: error: run commands failed for image"), "\(error)")
        #expect(error.contains("exit status 9\n  run: |\n       ^\n"), "\(error)")
    }

    @Test(arguments: shells)
    func theScriptOfLabelsIsToldInTheSameWay(_ shell: String) throws {
        let project = try project(shell, "  generate_labels:\n    - echo a\n    - cat /nowhere\n")
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(
            build.stderrText.contains("stacker.yaml:5:7: error: generate_labels failed for image \"app\" in \""),
            "\(build.stderrText)")
        #expect(project.leftovers().isEmpty)
    }

    /// What the script prints, and all that a script may ask of its shell, is as if the shell had read a file.
    @Test(arguments: shells)
    func nothingElseIsDifferentForTheScript(_ shell: String) throws {
        let body = """
            echo "line $LINENO of $0" "$#" "$-"
            f() { echo "f $1 $LINENO"; return 3; }
            f a || echo "$?"
            cat <<EOF
            here $(echo b)
            EOF
            ( echo sub; exit 4 ) || echo "$?"
            set +x; echo a | while read -r x; do echo "got $x"; done; sleep 0 & wait; echo quiet; set -x
            wc -c <"$0"; cat "$0"; test -f "$0"
            printf 'echo sourced $LINENO\\n' >lib.sh; . ./lib.sh
            { echo hidden; } 2>errors; cat errors
            x=$(echo inner); y=`echo back`; echo "$x $y"
            trap 'echo "end $?"' EXIT
            read -r nothing || echo "no input"
            sh -c 'echo child; exit 0'
            exec 3<"$0"; read -r first <&3; echo "$first"
            for i in 1 2; do
                echo "$i"
            done
            echo 'unfinished'
            exit 0
            """
        let text =
            "  run: |\n" + body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
        let project = try project(shell, text)
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        // The same shell, on the host, reading a file.
        try project.write("work/.stacker-run.sh", "#!/bin/sh -xe\n\(body)\n\n", mode: 0o755)
        let name = shell == "busybox" ? "busybox" : "sh"
        let script = """
            mkdir -p bin; tar -xf base.tar -C bin ./bin/\(name) 2>/dev/null; cd work
            ln -s ../bin/bin/\(name) sh; PATH=$PWD:$PATH; exec env -i PATH="$PATH" sh -xe ./.stacker-run.sh 2>&1 </dev/null
            """
        let direct = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(direct.exitCode == 0, "\(direct.stdoutText)")
        let expected = direct.stdoutText.replacing("./.stacker-run.sh", with: "/stacker/imports/.stacker-run.sh")
        #expect(build.stdoutText == expected)
    }

    @Test(arguments: shells)
    func theScriptIsAFileWhenItsFirstCommandRuns(_ shell: String) throws {
        let project = try project(
            shell, "  run: ls -A /stacker/imports >/names; test -f /stacker/imports/.stacker-run.sh\n")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(
            try project.run("/bin/sh", "-c", "cat roots/*/overlay/names").stdoutText == ".stacker-run.sh\n")
        let kept = try project.run("/bin/sh", "-c", "ls -A .stacker/imports/app")
        #expect(kept.stdoutText == ".stacker-run.sh\n")
    }

    @Test(arguments: shells)
    func aLongScriptIsReadWhole(_ shell: String) throws {
        let lines = (1...3_000).map { "    x=\($0)\n" }.joined() + "    y=\(String(repeating: "z", count: 20_000))\n"
        let project = try project(shell, "  run: |\n    set +x\n\(lines)    echo $x ${#y}; exit 3\n")
        let error = try error(project)
        #expect(error.hasPrefix("3006:5: error: "), "\(error.prefix(300))")
    }
}
