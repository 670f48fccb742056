public import Diagnostics

/// What a worker answers, once.
public enum WorkerReply: Hashable, Sendable {
    case unpacked(UnpackResult)
    case packed(PackResult)
    case copied(CopyResult)
    case failed(Failure)
}

public struct UnpackResult: Hashable, Sendable {
    /// `sha256:…` of the archive as stored, and of its content without compression.
    public var digest: String
    public var diffID: String
    /// Bytes of the archive as stored.
    public var size: UInt64
    public var entries: UInt64
    /// What was left out or changed, worded for people; each kind once, with a count.
    public var warnings: [String]

    public init(digest: String, diffID: String, size: UInt64, entries: UInt64, warnings: [String]) {
        self.digest = digest
        self.diffID = diffID
        self.size = size
        self.entries = entries
        self.warnings = warnings
    }
}

public struct PackResult: Hashable, Sendable {
    /// `sha256:…` of the archive as stored, and of its content without compression.
    public var digest: String
    public var diffID: String
    /// Bytes of the archive as stored, and without compression.
    public var size: UInt64
    public var uncompressedSize: UInt64
    /// Members other than the root directory itself.
    public var entries: UInt64
    /// Names the encoder and its version: the same id makes the same bytes of the same tree.
    public var encoder: String
    public var warnings: [String]

    public init(
        digest: String, diffID: String, size: UInt64, uncompressedSize: UInt64, entries: UInt64, encoder: String,
        warnings: [String]
    ) {
        self.digest = digest
        self.diffID = diffID
        self.size = size
        self.uncompressedSize = uncompressedSize
        self.entries = entries
        self.encoder = encoder
        self.warnings = warnings
    }
}

extension WorkerReply {
    public var message: MessageWriter {
        var writer = MessageWriter()
        switch self {
        case .unpacked(let result):
            writer.append(UInt8(1))
            writer.append(result.digest)
            writer.append(result.diffID)
            writer.append(result.size)
            writer.append(result.entries)
            writer.append(result.warnings) { $0.append($1) }
        case .packed(let result):
            writer.append(UInt8(2))
            writer.append(result.digest)
            writer.append(result.diffID)
            writer.append(result.size)
            writer.append(result.uncompressedSize)
            writer.append(result.entries)
            writer.append(result.encoder)
            writer.append(result.warnings) { $0.append($1) }
        case .copied(let result):
            writer.append(UInt8(4))
            writer.append(result.entries)
            writer.append(result.warnings) { $0.append($1) }
        case .failed(let failure):
            writer.append(UInt8(3))
            writer.append(failure.summary)
            writer.append(failure.causes) { $0.append($1) }
            writer.append(failure.hint) { $0.append($1) }
            writer.append(failure.errorClass.rawValue)
        }
        return writer
    }

    public init(_ reader: MessageReader) throws(MalformedMessage) {
        var reader = reader
        switch try reader.integer("reply", as: UInt8.self) {
        case 1:
            self = .unpacked(
                UnpackResult(
                    digest: try reader.text("digest"), diffID: try reader.text("diff id"),
                    size: try reader.integer("size"), entries: try reader.integer("entries"),
                    warnings: try reader.texts("warnings")))
        case 2:
            self = .packed(
                PackResult(
                    digest: try reader.text("digest"), diffID: try reader.text("diff id"),
                    size: try reader.integer("size"), uncompressedSize: try reader.integer("uncompressed size"),
                    entries: try reader.integer("entries"), encoder: try reader.text("encoder"),
                    warnings: try reader.texts("warnings")))
        case 3: self = .failed(try Failure(reading: &reader))
        case 4:
            self = .copied(
                CopyResult(entries: try reader.integer("entries"), warnings: try reader.texts("warnings")))
        default: throw MalformedMessage("reply")
        }
        try reader.finish()
    }
}

extension Failure {
    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        let summary = try reader.text("summary")
        let causes = try reader.texts("causes")
        let hint = try reader.optional("hint") { (reader) throws(MalformedMessage) in try reader.text("hint") }
        guard let errorClass = ErrorClass(rawValue: try reader.integer("class")) else {
            throw MalformedMessage("class")
        }
        self.init(summary, causes: causes, hint: hint, class: errorClass)
    }
}

extension MessageReader {
    fileprivate mutating func texts(_ field: String) throws(MalformedMessage) -> [String] {
        try list(field) { (reader) throws(MalformedMessage) in try reader.text(field) }
    }
}
