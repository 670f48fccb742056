import Diagnostics
import Testing

@testable import Builder

@Suite struct `The last command of a script` {
    private func last(_ items: [String], _ pieces: [String]) -> ByteString? {
        var trace = CommandTrace(script: RunScript.text(items))
        for piece in pieces { trace.read(Array(piece.utf8)) }
        return trace.last
    }

    @Test(
        arguments: [
            (["true", "cat /x"], ["+ true\n+ cat /x\ncat: /x: No such file\n"], "cat /x"),
            // in pieces of any size, and with an end that has no line break
            (["echo a b", "false"], ["+ ec", "ho a b\na b\n+", " fal", "se"], "false"),
            // a shell repeats words with other quotes, and variables with their values
            (["X=\"a b\"", "ls \"$X\""], ["+ X='a b'\n+ ls 'a b'\n"], "ls 'a b'"),
            // what a diff prints is none, nor what a shell prints within a command
            (["diff -u a b"], ["+ diff -u a b\n--- a\n+++ b\n+ added\n+line\n"], "diff -u a b"),
            (["echo $(date)"], ["++ date\n+ echo now\nnow\n"], "echo now"),
            // none at all
            (["true"], [""], nil), (["true"], ["+ \n"], nil), (["true"], ["+ other\n"], nil),
            // the image chose its own interpreter, which need not print commands
            (["#!/bin/cat", "x"], ["+ x\n"], nil),
        ] as [([String], [String], ByteString?)])
    func `is the last line of its trace`(_ items: [String], _ output: [String], _ command: ByteString?) {
        #expect(last(items, output) == command)
    }

    @Test func `is cut off where it is long`() {
        let long = String(repeating: "a", count: 5_000)
        #expect(last(["echo \(long)"], ["+ echo \(long)\n"])?.count == CommandTrace.longest - 2)
        #expect(last(["echo x"], ["+ echo x\n", long, long, "\n"]) == "echo x")
    }
}
