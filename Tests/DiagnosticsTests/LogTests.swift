import Diagnostics
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct `The log` {
    /// What `body` logs at `level`.
    private func written(_ level: Log.Level, timestamps: Bool = false, _ body: (Log) -> Void) throws -> String {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("log")
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        _ = path.withPlatformString { unlink($0) }
        let reader = try file.duplicate()
        defer { try? reader.close() }  // a descriptor that was only read from loses nothing
        let log = Log(adopting: file.rawValue, level: level, timestamps: timestamps)
        body(log)
        #expect(log.writeError == 0)
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = try buffer.withUnsafeMutableBytes { try reader.read(fromAbsoluteOffset: 0, into: $0) }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    @Test(arguments: [
        (Log.Level.debug, "d\ni\nw\ne\n"), (.info, "i\nw\ne\n"), (.warning, "w\ne\n"), (.error, "e\n"),
    ])
    func `writes bare lines from its level up`(_ level: Log.Level, _ expected: String) throws {
        let text = try written(level) { log in
            log.debug("d")
            log.info("i")
            log.warning("w")
            log.error("e")
        }
        #expect(text == expected)
    }

    @Test func `does not build a message that nobody reads`() throws {
        var built = false
        let text = try written(.info) { log in
            log.debug(
                {
                    built = true; return "x"
                }())
        }
        #expect(text.isEmpty)
        #expect(!built)
    }

    @Test func `puts the time before the line when asked`() throws {
        let text = try written(.info, timestamps: true) { $0.info("hello") }
        #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ hello\n/) != nil)
    }

    @Test func `remembers that a file took no more lines`() throws {
        let full = try FileDescriptor.open("/dev/full", .writeOnly, options: .closeOnExec)
        let log = Log(adopting: full.rawValue)
        log.info("lost")
        #expect(log.writeError == ENOSPC)
    }

    @Test func `hands lines from its level up to a function, and writes them later as they were`() throws {
        let lines = Mutex<[Log.Line]>([])
        let routed = Log(level: .info).routed { line in lines.withLock { $0.append(line) } }
        routed.debug("d")
        routed.warning("w")
        let taken = lines.withLock { $0 }
        #expect(taken.map(\.message) == ["w"] && taken.map(\.level) == [.warning])
        let text = try written(.error, timestamps: true) { $0.write(Log.Line(.info, time: 1, "early")) }
        #expect(text == "1970-01-01T00:00:01Z early\n")
    }
}
