import Glibc

/// An HTTP server on the loopback device that says what a test wants it to say, byte for byte.
public final class ScriptedServer: Sendable {
    /// What it does with a request.
    public struct Answer: Sendable {
        /// All that is sent, from the status line on.
        public var text: String
        /// Afterwards these bytes are sent as long as somebody takes them, at most so many times.
        public var filling = 0
        /// Whether the connection is then kept open until the other side closes it.
        public var staysOpen = false

        public init(_ text: String, filling: Int = 0, staysOpen: Bool = false) {
            (self.text, self.filling, self.staysOpen) = (text, filling, staysOpen)
        }

        /// 200 with this body.
        public static func body(_ body: String) -> Answer {
            Answer("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        }

        public static func redirect(to target: String, status: Int = 302) -> Answer {
            Answer(
                "HTTP/1.1 \(status) Elsewhere\r\nLocation: \(target)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
    }

    public let port: UInt16
    private let listener: CInt

    public var url: String { "http://127.0.0.1:\(port)" }

    /// Answers until the value goes away; `answer` gets the path of a request.
    public init(_ answer: @escaping @Sendable (_ path: String) -> Answer) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw Errors.cannotListen }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.start {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                Thread.start { Self.serve(connection, answer) }
            }
        }
    }

    deinit {
        // Its thread closes it, which may be about to use its number.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private enum Errors: Error { case cannotListen }

    private static func serve(_ connection: CInt, _ answer: (String) -> Answer) {
        defer { close(connection) }
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            request += buffer[..<count]
        }
        let path = String(decoding: request, as: UTF8.self).split(separator: " ").dropFirst().first ?? ""
        let answer = answer(String(path))
        guard write(Array(answer.text.utf8), to: connection) else { return }
        let piece = [UInt8](repeating: UInt8(ascii: "#"), count: 65_536)
        for _ in 0..<answer.filling where !write(piece, to: connection) { return }
        if answer.staysOpen { _ = recv(connection, &buffer, buffer.count, 0) }
    }

    private static func write(_ bytes: [UInt8], to connection: CInt) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(connection, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }
}

/// A detached thread: a test that waits must not hold one of the few threads that all tests share.
private enum Thread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static let threadBody: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { body in
        if let body { Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run() }
        return nil
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(run)).toOpaque()
        let result = pthread_create(&thread, nil, threadBody, body)
        precondition(result == 0, "a thread can be started")
        pthread_detach(thread)
    }
}
