import Diagnostics
import Glibc
import LinuxSystem

/// Puts members and their content into the stream of an archive.
struct TarWriter {
    private var stream: BlockStream
    private let limits: Limits
    /// Kept between members so that a header costs no allocation of its own.
    private var header: [UInt8] = []

    init(into stream: BlockStream, limits: Limits) {
        self.stream = stream
        self.limits = limits
    }

    /// Appends the header; a file's content must follow by ``appendContent(of:bytes:path:)``.
    mutating func append(_ member: PackedMember) throws {
        header.removeAll(keepingCapacity: true)
        try member.append(to: &header, extendedHeaderLimit: limits.extendedHeaderBytes)
        try stream.append(header)
    }

    /// Appends exactly `bytes` bytes of an open file, read straight into the blocks that are compressed.
    ///
    /// - Throws: ``Failure`` when the file ends before.
    mutating func appendContent(of file: CInt, bytes: UInt64, path: ByteString) throws {
        var rest = bytes
        while rest > 0 {
            let wanted = Int(min(rest, UInt64(Int.max)))
            let count = try stream.fill { block throws(SystemError) in
                try unsafe block.fill { free throws(SystemError) in
                    try check("read", path) { unsafe read(file, free.baseAddress, min(free.count, wanted)) }
                }
            }
            guard count > 0 else { throw Failure.changed(path) }
            rest -= UInt64(count)
        }
        try stream.appendZeros(Int(TarFormat.padding(after: bytes)))
    }

    /// Appends the end of the archive, two blocks of zeros, and hands the last bytes on.
    mutating func finish() throws {
        try stream.appendZeros(2 * TarFormat.blockSize)
        try stream.finish()
    }
}

extension Failure {
    /// The tree is not at rest, so no archive of it would be right.
    static func changed(_ path: ByteString) -> Failure {
        Failure(
            "\(path.isEmpty ? "the root directory" : "\(path)") changed while it was packed",
            hint: "end whatever else writes to the layer's directory, and build again")
    }
}
