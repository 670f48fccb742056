/// What a jailed worker is to do; descriptors appear by their number in the worker.
public enum WorkerJob: Hashable, Sendable {
    case unpack(UnpackJob)
    case pack(PackJob)
    case copy(CopyJob)
}

/// An archive to unpack into the worker's root directory.
public struct UnpackJob: Hashable, Sendable {
    /// Where the archive is read from, at its current offset, to the end.
    public var archive: Int32
    public var compression: Compression
    /// What the blob must turn out to be; `nil` for an archive nobody promised anything about.
    public var expected: Expected?
    public var form: Form
    /// Bytes that the files may expand to.
    public var maximumBytes: UInt64

    public enum Compression: UInt8, Hashable, Sendable, CaseIterable {
        /// By the first bytes.
        case detect = 0
        case none = 1
        case gzip = 2
        case zstd = 3
        /// By the first bytes, in any compression and archive format, by means of libarchive.
        ///
        /// The archive is then read from its beginning, whatever its offset.
        case anyArchive = 4
    }

    public struct Expected: Hashable, Sendable {
        /// `sha256:…` of the archive as stored.
        public var digest: String
        /// Bytes of the archive as stored.
        public var size: UInt64
        /// `sha256:…` of the archive without its compression.
        public var diffID: String

        public init(digest: String, size: UInt64, diffID: String) {
            self.digest = digest
            self.size = size
            self.diffID = diffID
        }
    }

    public enum Form: UInt8, Hashable, Sendable, CaseIterable {
        /// One layer as overlayfs wants it: whiteouts as devices 0:0, opaque directories as an attribute.
        case overlay = 1
        /// A root file system: whiteouts remove what is there.
        case merged = 2
    }

    /// Whether it may be anything: nobody has promised that it is a layer.
    public var isForeign: Bool { form == .merged && compression == .detect && expected == nil }

    public init(
        archive: Int32, compression: Compression = .detect, expected: Expected? = nil, form: Form,
        maximumBytes: UInt64
    ) {
        self.archive = archive
        self.compression = compression
        self.expected = expected
        self.form = form
        self.maximumBytes = maximumBytes
    }
}

/// The layer directory `upper` in the worker's root, to be packed into an archive.
public struct PackJob: Hashable, Sendable {
    /// Where the archive is written to, from its current offset; the file is empty before.
    public var archive: Int32
    public var compression: Compression
    /// Seconds since 1970, UTC: later modification times become this one, and `nil` leaves them.
    public var sourceDateEpoch: Int64?
    /// Whether `lower` in the worker's root shows what lies below this layer.
    public var hasLower: Bool
    /// Threads that compress; the bytes do not depend on it.
    public var threads: UInt8

    public enum Compression: Hashable, Sendable {
        case none
        /// ISA-L level 1: fast.
        case gzip
        /// zlib level 6: small.
        case gzipSmall
        /// zstd, level 1 to 19.
        case zstd(level: UInt8)
    }

    public init(
        archive: Int32, compression: Compression = .gzip, sourceDateEpoch: Int64? = nil, hasLower: Bool,
        threads: UInt8
    ) {
        self.archive = archive
        self.compression = compression
        self.sourceDateEpoch = sourceDateEpoch
        self.hasLower = hasLower
        self.threads = threads
    }
}

extension WorkerJob {
    public var message: MessageWriter {
        var writer = MessageWriter()
        switch self {
        case .unpack(let job):
            writer.append(UInt8(1))
            writer.append(job.archive)
            writer.append(job.compression.rawValue)
            writer.append(job.expected) {
                $0.append($1.digest)
                $0.append($1.size)
                $0.append($1.diffID)
            }
            writer.append(job.form.rawValue)
            writer.append(job.maximumBytes)
        case .pack(let job):
            writer.append(UInt8(2))
            writer.append(job.archive)
            job.compression.encode(into: &writer)
            writer.append(job.sourceDateEpoch) { $0.append($1) }
            writer.append(job.hasLower)
            writer.append(job.threads)
        case .copy(let job):
            writer.append(UInt8(3))
            job.encode(into: &writer)
        }
        return writer
    }

    public init(_ reader: MessageReader) throws(MalformedMessage) {
        var reader = reader
        switch try reader.integer("job", as: UInt8.self) {
        case 1: self = .unpack(try UnpackJob(reading: &reader))
        case 2: self = .pack(try PackJob(reading: &reader))
        case 3: self = .copy(try CopyJob(reading: &reader))
        default: throw MalformedMessage("job")
        }
        try reader.finish()
    }
}

extension UnpackJob {
    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        let archive: Int32 = try reader.integer("archive")
        guard let compression = Compression(rawValue: try reader.integer("compression")) else {
            throw MalformedMessage("compression")
        }
        let expected = try reader.optional("expected") { (reader) throws(MalformedMessage) in
            Expected(
                digest: try reader.text("digest"), size: try reader.integer("size"),
                diffID: try reader.text("diff id"))
        }
        guard let form = Form(rawValue: try reader.integer("form")) else { throw MalformedMessage("form") }
        self.init(
            archive: archive, compression: compression, expected: expected, form: form,
            maximumBytes: try reader.integer("maximum bytes"))
    }
}

extension PackJob {
    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        self.init(
            archive: try reader.integer("archive"), compression: try Compression(reading: &reader),
            sourceDateEpoch: try reader.optional("epoch") { (reader) throws(MalformedMessage) in
                try reader.integer("epoch")
            },
            hasLower: try reader.flag("lower"), threads: try reader.integer("threads"))
    }
}

extension PackJob.Compression {
    fileprivate func encode(into writer: inout MessageWriter) {
        switch self {
        case .none: writer.append(UInt8(0))
        case .gzip: writer.append(UInt8(1))
        case .gzipSmall: writer.append(UInt8(2))
        case .zstd(let level):
            writer.append(UInt8(3))
            writer.append(level)
        }
    }

    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        switch try reader.integer("compression", as: UInt8.self) {
        case 0: self = .none
        case 1: self = .gzip
        case 2: self = .gzipSmall
        case 3: self = .zstd(level: try reader.integer("level"))
        default: throw MalformedMessage("compression")
        }
    }
}
