import Diagnostics
import SystemPackage
import TestSupport
import Testing

@Suite struct `A stacker file behind a URL` {
    @Test func `is read, with its relative paths from the working directory`() throws {
        let project = try Project()
        try project.write("low.yaml", "low: {from: {type: scratch}}\n")
        let server = try ScriptedServer { path in
            path == "/old" ? .redirect(to: "/dir/stacker.yaml") : .body("config: {prerequisites: [low.yaml]}\n")
        }
        defer { withExtendedLifetime(server) {} }
        let run = try project.stacker("build", "--order-only", "-f", ByteString("\(server.url)/old"))
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(
            run.stdoutText == """
                stacker build order:
                0 build \(project.path)/low.yaml: requires: []
                1 build \(server.url)/old: requires: [\(project.path)/low.yaml]

                """)
    }

    @Test func `is named in errors about it`() throws {
        let project = try Project()
        let server = try ScriptedServer { path in
            switch path {
            case "/wrong": .body("a: {form: x}\n")
            case "/long": .init("HTTP/1.1 200 OK\r\n\r\n", filling: 200)
            case "/file": .redirect(to: "file:///etc/passwd")
            default: .init("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            }
        }
        defer { withExtendedLifetime(server) {} }
        for (path, message) in [
            ("wrong", "\(server.url)/wrong:1:5: error: unknown directive 'form'"),
            ("long", "error: stackerfile: couldn't download \(server.url)/long: it is longer than 4194304 bytes"),
            ("file", "error: stackerfile: couldn't download \(server.url)/file: the server redirects elsewhere: "),
            ("none", "error: stackerfile: couldn't download \(server.url)/none: the server answered with status 404"),
        ] {
            let run = try project.stacker("validate", "-f", ByteString("\(server.url)/\(path)"))
            #expect(run.exitCode == 1 && run.stderrText.contains(message), "\(run.stderrText)")
        }
        let secret = try project.stacker("validate", "-f", "http://me:secret@127.0.0.1/x")
        #expect(secret.exitCode == 1 && !secret.stderrText.contains("secret"), "\(secret.stderrText)")
    }
}
