import Diagnostics
import Glibc
import HTTP
import TestSupport
import Testing

@Suite struct HTTPURLTests {
    @Test(arguments: ["http://h", "HTTPS://host:8/a?b#c", "http://[::1]:80/%20"])
    func `good ones are kept as they are`(_ text: String) throws {
        #expect(HTTPURL.isMeant(by: text))
        #expect(try HTTPURL(text).description == text)
    }

    @Test(arguments: [
        "http://", "http:///x", "http://:80/", "http://a b/", "http://h/\r\nX: y", "http://h\\@e/", "http://ä/",
        "file:///etc/passwd", "ftp://h/", "h", "http://h/" + String(repeating: "a", count: 9_000),
    ])
    func `others are refused`(_ text: String) {
        #expect(throws: Failure.self) { try HTTPURL(text) }
    }

    @Test func `credentials are refused, and not repeated`() {
        let error = #expect(throws: Failure.self) { try HTTPURL("https://me:secret@host/x") }
        #expect(error?.description.contains("host holds credentials") == true)
        #expect(error?.description.contains("secret") == false)
    }
}

/// libcurl would take the proxies of whoever runs the tests.
@Suite(.enabled("needs an environment without a proxy") { getenv("http_proxy") == nil })
struct HTTPClientTests {
    private func get(
        _ path: String, limit: Int = 1 << 20, _ answer: @escaping @Sendable (String) -> ScriptedServer.Answer
    )
        throws -> [UInt8]
    {
        var limits = Limits()
        (limits.silentSeconds, limits.connectSeconds) = (1, 5)
        let server = try ScriptedServer(answer)
        defer { withExtendedLifetime(server) {} }
        return try HTTPClient(limits: limits).get(HTTPURL(server.url + path), limit: limit)
    }

    private func failure(_ path: String, limit: Int = 1 << 20, _ answer: ScriptedServer.Answer) -> Failure? {
        #expect(throws: Failure.self) { try get(path, limit: limit) { _ in answer } }
    }

    @Test func `a body comes as it is, also after redirects`() throws {
        #expect(try get("/x", limit: 5) { _ in .body("hello") } == Array("hello".utf8))
        let found = try get("/a/b") { path in
            switch path {
            case "/a/b": .redirect(to: "c", status: 301)
            case "/a/c": .redirect(to: "/d", status: 308)
            default: .body(path)
            }
        }
        #expect(found == Array("/d".utf8))
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Trailer: x\r\n\r\n"
        #expect(try get("/") { _ in .init(chunks) } == Array("ab".utf8))
        let continued = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nc"
        #expect(try get("/") { _ in .init(continued) } == Array("c".utf8))
        // Nobody takes a compression off that nobody has asked for.
        let compressed = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno"
        #expect(try get("/") { _ in .init(compressed) } == Array("no".utf8))
    }

    @Test(arguments: [
        ("file:///etc/passwd", "file:///etc/passwd is no URL with http or https"),
        ("http://me:secret@127.0.0.1/", "the URL http://…@127.0.0.1 holds credentials"),
        ("gopher://127.0.0.1/", "gopher://127.0.0.1/ is no URL with http or https"),
    ])
    func `a redirect may not lead just anywhere`(_ target: String, _ cause: String) {
        let error = failure("/", .redirect(to: target))
        #expect(error?.causes.first == cause && error?.errorClass == .rejected, "\(error?.description ?? "")")
    }

    @Test func `a redirect without end has one`() { #expect(failure("/x", .redirect(to: "/x"))?.errorClass == .limit) }

    @Test func `more than was asked for is refused`() {
        #expect(failure("/", limit: 4, .body("hello"))?.errorClass == .limit)
        #expect(failure("/", .init("HTTP/1.1 200 OK\r\n\r\n", filling: 1_000))?.errorClass == .limit)
        let header = String(repeating: "X-A: b\r\n", count: 200)
        #expect(failure("/", .init("HTTP/1.1 200 OK\r\n\(header)\r\n"))?.errorClass == .limit)
        #expect(failure("/", .init("HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 80_000))\r\n\r\n")) != nil)
    }

    @Test(arguments: [
        "", "garbage", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    ])
    func `anything but a whole answer of 200 is an error`(_ text: String) {
        #expect(failure("/", .init(text))?.errorClass == .network)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
    func `a server that falls silent is given up`(_ text: String) {
        #expect(failure("/", .init(text, staysOpen: true))?.errorClass == .network)
    }
}
