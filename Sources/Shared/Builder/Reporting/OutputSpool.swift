import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// What an image printed while it was not its turn, in order: output of its step in a file, lines of the log in memory.
///
/// The file is readable text, `.stacker/logs/<image>.log`, which holds the lines of the log too and stays.
struct OutputSpool: ~Copyable {
    /// A piece of what was printed.
    enum Piece: Hashable, Sendable {
        case output([UInt8])
        case line(Log.Line)
    }

    private enum Segment {
        /// So many bytes of the file.
        case output(Int)
        case line(Log.Line, bytesInFile: Int)
    }

    private let image: String
    /// The directory that stacker keeps its things in.
    private let home: FilePath
    private var segments: [Segment] = []
    private var file: OwnedDescriptor?

    /// Bytes that are read, and printed, at once.
    static let pieceBytes = 65_536

    init(image: String, home: FilePath) {
        self.image = image
        self.home = home
    }

    mutating func add(_ line: Log.Line) {
        let bytes = line.bytes(timestamp: false)
        var written = 0
        // The line is kept in memory as well, so a file that does not take it is no loss.
        if file != nil, (try? file?.write(bytes)) != nil { written = bytes.count }
        segments.append(.line(line, bytesInFile: written))
    }

    /// Keeps output of a step; the first makes the file.
    mutating func add(_ output: [UInt8]) throws(Failure) {
        do throws(SystemError) {
            if file == nil { try begin() }
            try file?.write(output)
        } catch {
            throw error.explanation.wrapped("cannot keep the output of \"\(image)\" in \(ByteString(path))")
        }
        if case .output(let count) = segments.last {
            segments[segments.count - 1] = .output(count + output.count)
        } else {
            segments.append(.output(output.count))
        }
    }

    /// Hands over everything, in order, and forgets it.
    mutating func replay(_ take: (Piece) throws -> Void) throws {
        let all = segments
        segments = []
        if file != nil { try file?.rewind() }
        for segment in all {
            switch segment {
            case .line(let line, let bytes):
                try skip(bytes)
                try take(.line(line))
            case .output(var left):
                while left > 0, let piece = try file?.read(upTo: min(left, Self.pieceBytes)), !piece.isEmpty {
                    left -= piece.count
                    try take(.output(piece))
                }
            }
        }
    }

    private mutating func skip(_ count: Int) throws(SystemError) {
        if count > 0 { _ = try file?.read(upTo: count) }
    }

    private var path: FilePath { home.appending("logs").appending("\(image).log") }

    /// Makes the file anew, with the lines of the log so far.
    private mutating func begin() throws(SystemError) {
        let stacker = try OwnedDescriptor.open(directory: home)
        let logs = try PrivateDirectory.open("logs", in: stacker, mode: 0o700)
        let name = ByteString("\(image).log")
        try FileTree.remove(name, in: logs)
        let made = try OwnedDescriptor.open(name, in: logs, O_RDWR | O_CREAT | O_EXCL | O_APPEND, mode: 0o600)
        for index in segments.indices {
            guard case .line(let line, _) = segments[index] else { continue }
            let bytes = line.bytes(timestamp: false)
            try made.write(bytes)
            segments[index] = .line(line, bytesInFile: bytes.count)
        }
        file = consume made
    }
}
