import Testing

@testable import Builder

@Suite struct `The line of a script that failed` {
    /// Lines are those of the script without the one that names the shell.
    private func failed(_ body: String, after lines: Int, traced: String? = nil) -> FailedCommand {
        let script = Array((RunScript.tracingShell + body).utf8)
        let count = script.split(separator: 10, omittingEmptySubsequences: false).prefix(lines + 1)
            .reduce(0) { $0 + $1.count + 1 }
        return FailedCommand(in: script, read: min(count, script.count), traced: traced.map { Array($0.utf8) })
    }

    @Test(
        arguments: [
            // one command on a line, whatever was printed
            ("true\nmake\necho\n", 2, nil, 2), ("true\nmake\necho\n", 2, "rm -rf x", 2),
            ("a; b && c | d &\nmake # done\n\n# end\n", 2, nil, 2), ("a\n# x\n\nmake\n\n", 4, nil, 4),
            // lines that are joined, quotes and here-documents: the line of the first word
            ("a\nls \\\n  b \\\n  c\nd\n", 4, nil, 2), ("a\necho 'b\nc'\nd\n", 3, nil, 2),
            ("a\ncat <<E >x\nif\n'\nE\nd\n", 5, nil, 2), ("cat <<-'E'\n\tx `\n\tE\nd\n", 3, nil, 1),
            ("cat <<A <<B\n1\nA\n2\nB\nmake\n", 6, nil, 6),
            // the end of the script, where the shell has read what is no command too
            ("set +e\nmake\n\n# end\n", 4, nil, 2),
            // inside of commands on several lines, by what was printed
            ("if true; then\n  make\n  make install\nfi\n", 4, "make install", 3),
            ("for x in a b; do\n  cp $x /b\n  rm $x\ndone\n", 4, "rm b", 3),
            ("if [ $x = 1 ]; then\n  make\nfi\n", 3, "make", 2), ("if [\t-f a ]; then\n  b\nfi\n", 3, "[ -f a ]", 1),
            ("case $1 in\n  (a|b) one;;\n  *) two ;;\nesac\n", 4, "two", 3),
            ("(\n  a\n  b 'c d'\n)\n", 4, "b 'c d'", 3), ("{\n a\n b \"c d\"\n}\n", 4, "b c d", 3),
            ("a &&\n b\n", 2, "b", 2), ("while a; do\n X=1 b\n c\ndone\n", 4, "b", 2),
            ("while a; do\n X=1 b\n c\ndone\n", 4, "X=1 b", 2),
            ("x=$(a\nb)\nc\n", 2, "b", 2), ("if [[ -f x &&\n -f y ]]; then\n a\nfi\n", 4, "a", 3),
            // functions
            ("f() {\n  a\n  b\n}\nf\n", 5, "b", 3), ("function f {\n  a\n}\ng() { f; }\ng\n", 5, "a", 2),
            ("f() {\n  a\n}\nf\n", 4, "f", 4),
        ] as [(String, Int, String?, Int)])
    func `is known`(_ body: String, _ read: Int, _ traced: String?, _ line: Int) {
        guard case .line(let found, _) = failed(body, after: read, traced: traced) else {
            Issue.record("\(failed(body, after: read, traced: traced))")
            return
        }
        #expect(found == line + 1)
    }

    @Test(
        arguments: [
            // two lines that may have printed it, or none
            ("if a; then\n  make\nelse\n  make\nfi\n", 5, "make", 1...5),
            ("if a; then\n  make\nfi\n", 3, "other", 1...3),
            ("if a; then\n  make\nfi\n", 3, nil, 1...3),
            // it was printed by a command before, and by this one maybe not
            ("make\nfor x in $UNSET; do\n  make\ndone\n", 4, "make", 2...4),
            // a trap, or what is printed elsewhere
            ("trap 'rm x' EXIT\nif a; then\n  rm x\n  make\nfi\n", 5, "rm x", 2...5),
            ("{\n  make\n  ( a\n  ) 2>log\n}\n", 5, "make", 1...5), ("set +x\n{\n a\n b\n}\n", 5, "a", 2...5),
            ("exec 2>log\n{\n a\n b\n}\n", 5, "a", 2...5), ("f() {\n  b\n}\n{\n a\n f 2>log\n}\n", 7, "a", 4...7),
            // a redirection that fails
            ("make\nwhile true; do\n  b\ndone <missing\n", 4, "b", 2...4),
            // what is not understood, as a mistake is not
            ("a\nif b; then\n  ) c\nfi\n", 3, "a", 2...3),
        ] as [(String, Int, String?, ClosedRange<Int>)])
    func `may be one of several`(_ body: String, _ read: Int, _ traced: String?, _ lines: ClosedRange<Int>) {
        #expect(
            failed(body, after: read, traced: traced) == .lines(lines.lowerBound + 1...lines.upperBound + 1))
    }

    @Test func `is not known before the shell has read anything`() {
        #expect(FailedCommand(in: Array("#!/bin/sh -xe\na\n".utf8), read: 0, traced: nil) == .unknown)
    }

    @Test func `has what it is part of beside it`() {
        #expect(failed("a\nif b; then\n  c\nfi\n", after: 4, traced: "c") == .line(4, inside: 3))
        #expect(failed("f() {\n  a\n}\nf\n", after: 4, traced: "a") == .line(3, inside: 5))
    }

    /// No script takes long, or makes the reader trap.
    @Test func `is looked for in anything`() {
        var state: UInt64 = 0x9e37_79b9_7f4a_7c15
        let words = [
            "if ", "then\n", "fi\n", "$(", ")", "`", "'", "\"", "\\", "<<E\n", "E\n", "{ ", "}\n", "((", "a=(", "#",
            ";;", "case x in ", "esac", "&&", "|", "2>", "\n", "é", "[[ ", "]]", "f()", "${", "a b",
        ]
        for _ in 0..<3_000 {
            var body = ""
            for _ in 0..<20 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                body += words[Int(state % UInt64(words.count))]
            }
            for read in [0, 5, 20] { _ = failed(body, after: read, traced: "a b") }
        }
        _ = failed(String(repeating: "( ", count: 100_000), after: 1)
        _ = failed(String(repeating: "$(", count: 100_000), after: 1)
        _ = failed(String(repeating: "${x:-", count: 100_000), after: 1)
        _ = failed(String(repeating: "f() ", count: 100_000), after: 1)
        _ = failed(String(repeating: "\"$((", count: 100_000), after: 1)
    }
}
