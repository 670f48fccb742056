import Diagnostics
import HelperProtocol
import Testing

@testable import stacker

@Suite struct `The value of --compression` {
    @Test(
        arguments: [
            ("gzip", .gzip), ("gzip-small", .gzipSmall), ("none", .none), ("zstd", .zstd(level: 3)),
            ("zstd:1", .zstd(level: 1)), ("zstd:19", .zstd(level: 19)),
        ] as [(String, PackJob.Compression)])
    func `names an encoder`(_ text: String, _ compression: PackJob.Compression) throws {
        #expect(try LayerCompression.parse(text) == compression)
    }

    @Test(
        arguments: [
            "", "GZIP", "gzip ", "gzip:1", "gzip:9", "zstd:", "zstd:0", "zstd:20", "zstd:01", "zstd:+1", "zstd:1 ",
            "zstd:１", "zstd:300", "xz", "none:1", "g\u{0}",
        ])
    func `is refused when it is anything else`(_ text: String) {
        let failure = #expect(throws: Failure.self) { try LayerCompression.parse(text) }
        #expect(failure?.summary == "unknown compression \(ByteString(text))")
        #expect(failure?.errorClass == .usage)
    }

    @Test(arguments: LayerCompression.values)
    func `is offered for completion as it is taken`(_ value: String) throws {
        _ = try LayerCompression.parse(value)
    }
}
