import Diagnostics

/// Reads the members of a tar archive in order, in memory that does not grow with the archive.
///
/// Source: POSIX.1-2024, pax; GNU tar manual, "Basic Tar Format".
struct TarReader: MemberReader, ~Copyable {
    let stream: PlainStream
    let warnings: Warnings
    let limits: Limits
    private var budget: ByteBudget
    private var globals = PAXAttributes.none
    /// Members so far, without extended headers.
    private(set) var entries: UInt64 = 0
    /// The data of the current member.
    private var segments: [SparseMap.Segment] = []
    private var dataLeft: UInt64 = 0
    private var padding: UInt64 = 0

    init(_ stream: PlainStream, maximumBytes: UInt64, limits: Limits, warnings: Warnings) {
        self.stream = stream
        self.limits = limits
        self.warnings = warnings
        budget = ByteBudget(maximumBytes)
    }

    /// The next member; what is left of the data of the one before is passed over.
    ///
    /// - Returns: `nil` at the end of the archive, after reading what follows it.
    mutating func next() throws -> ArchiveMember? {
        try finishMember()
        var pending = PendingHeaders()
        while let block = try readHeaderBlock() {
            let start = stream.position - UInt64(TarFormat.blockSize)
            let header: TarHeader
            do {
                header = try TarHeader(block)
            } catch {
                if start == 0 { throw InvalidArchive.unsupported("not a tar archive: \(error.reason)") }
                throw InvalidArchive.rejected("\(error.reason) (byte \(start) of the archive)")
            }
            if try readExtension(header, into: &pending) { continue }
            entries += 1
            guard entries <= limits.layerEntries else {
                throw InvalidArchive.limit("the archive has more than \(limits.layerEntries) members")
            }
            return try member(header, pending)
        }
        guard pending.isEmpty else {
            throw InvalidArchive.rejected("the archive ends after an extended header that belongs to no member")
        }
        return nil
    }

    /// Calls `body` with the data of the current member, piece by piece, and where in the file each piece belongs.
    mutating func readData(_ body: (UnsafeRawBufferPointer, _ offset: UInt64) throws -> Void) throws {
        for segment in segments {
            var done: UInt64 = 0
            while done < segment.length {
                let count = try unsafe stream.withChunk(upTo: segment.length - done) {
                    try unsafe body($0, segment.offset + done)
                }
                guard count > 0 else { throw InvalidArchive.truncated }
                done += UInt64(count)
                dataLeft -= UInt64(count)
            }
        }
    }
}

// MARK: - Members

extension TarReader {
    /// Takes up a header that describes the next member.
    ///
    /// - Returns: `false` where `header` is a member itself.
    private mutating func readExtension(_ header: TarHeader, into pending: inout PendingHeaders) throws -> Bool {
        switch header.type {
        case .extendedHeader:
            pending.records += try PAXRecord.parse(try readExtensionData(header, &pending))
        case .globalHeader:
            var ownBudget = PendingHeaders()
            try globals.addGlobal(try PAXRecord.parse(try readExtensionData(header, &ownBudget)), limits: limits)
        case .longName: pending.longName = try longText(header, &pending)
        case .longLink: pending.longLink = try longText(header, &pending)
        case .volumeLabel:
            warnings.add(.volumeLabel, header.name)
            try budget.charge(UInt64(TarFormat.blockSize))
            try budget.charge(header.size)
            (dataLeft, padding) = (header.size, TarFormat.padding(after: header.size))
            try finishMember()
        default: return false
        }
        return true
    }

    private mutating func readExtensionData(_ header: TarHeader, _ pending: inout PendingHeaders) throws -> [UInt8] {
        let (total, overflow) = pending.bytes.addingReportingOverflow(header.size)
        guard !overflow, total <= UInt64(limits.extendedHeaderBytes) else {
            throw InvalidArchive.limit(
                "an extended header of \(header.size) bytes is larger than \(limits.extendedHeaderBytes)")
        }
        pending.bytes = total
        pending.isEmpty = false
        try budget.charge(UInt64(TarFormat.blockSize) + header.size)
        let bytes = try stream.read(Int(header.size))
        guard bytes.count == Int(header.size) else { throw InvalidArchive.truncated }
        padding = TarFormat.padding(after: header.size)
        try finishMember()
        return bytes
    }

    /// A name in the form of GNU tar: the bytes and a NUL.
    private mutating func longText(_ header: TarHeader, _ pending: inout PendingHeaders) throws -> ByteString {
        let bytes = try readExtensionData(header, &pending)
        let text = bytes.prefix { $0 != 0 }
        guard !text.isEmpty, text.count < bytes.count, TarHeader.isZero(bytes.dropFirst(text.count)) else {
            throw InvalidArchive.rejected("a long name is empty or does not end in NUL")
        }
        return ByteString(Array(text))
    }

    private mutating func member(_ header: TarHeader, _ pending: PendingHeaders) throws -> ArchiveMember {
        let name = pending.longName ?? header.name
        do {
            let pax = try PAXAttributes(pending.records, defaults: globals, limits: limits)
            return try member(header, pax, name: pax.sparse?.name ?? pax.path ?? name, longLink: pending.longLink)
        } catch let error as InvalidArchive {
            throw error.about(name)
        }
    }

    private mutating func member(
        _ header: TarHeader, _ pax: PAXAttributes, name: ByteString, longLink: ByteString?
    ) throws -> ArchiveMember {
        let stored = pax.size ?? header.size
        (segments, dataLeft, padding) = ([], stored, TarFormat.padding(after: stored))
        let target = pax.linkPath ?? longLink ?? header.linkName
        let kind: ArchiveMember.Kind =
            switch header.type {
            case .oldFile where name.bytes.last == UInt8(ascii: "/"): .directory
            case .directory: .directory
            case .symbolicLink: .symbolicLink(target: target)
            case .hardLink: .hardLink(target: target)
            case .characterDevice: .characterDevice(major: header.deviceMajor, minor: header.deviceMinor)
            case .blockDevice: .blockDevice(major: header.deviceMajor, minor: header.deviceMinor)
            case .fifo: .fifo
            default: .file(size: try mapData(header, pax, stored: stored))
            }
        switch kind {
        case .file: break
        default:
            guard pax.sparse == nil else { throw InvalidArchive.rejected("it is sparse, but not a file") }
            try budget.charge(stored)
        }
        return ArchiveMember(
            name: name, kind: kind, mode: header.mode, userID: pax.userID ?? header.userID,
            groupID: pax.groupID ?? header.groupID, modified: pax.modified ?? header.modified,
            extendedAttributes: pax.extendedAttributes, unreadAttribute: pax.unreadAttribute)
    }

    /// Finds out where the data of a file belongs.
    ///
    /// - Returns: Bytes of the file when unpacked.
    private mutating func mapData(_ header: TarHeader, _ pax: PAXAttributes, stored: UInt64) throws -> UInt64 {
        if var sparse = header.sparse {
            guard pax.sparse == nil else { throw InvalidArchive.rejected("a sparse member has two maps") }
            while sparse.continues {
                try budget.charge(UInt64(TarFormat.blockSize))
                try sparse.append(
                    continuation: try stream.read(TarFormat.blockSize), limit: limits.sparseSegments)
            }
            return try map(sparse.segments, realSize: sparse.realSize, stored: stored)
        }
        guard let sparse = pax.sparse, let realSize = sparse.realSize else {
            return try map([SparseMap.Segment(offset: 0, length: stored)], realSize: stored, stored: stored)
        }
        guard sparse.mapIsInData else { return try map(sparse.segments, realSize: realSize, stored: stored) }
        var reader = SparseMapReader(limit: limits.sparseSegments)
        while !reader.isComplete {
            guard dataLeft >= UInt64(TarFormat.blockSize) else {
                throw InvalidArchive.rejected("its sparse map is cut short")
            }
            let block = try stream.read(TarFormat.blockSize)
            guard block.count == TarFormat.blockSize else { throw InvalidArchive.truncated }
            dataLeft -= UInt64(TarFormat.blockSize)
            try reader.add(block)
        }
        return try map(reader.segments, realSize: realSize, stored: dataLeft)
    }

    private mutating func map(
        _ map: [SparseMap.Segment], realSize: UInt64, stored: UInt64
    ) throws(InvalidArchive) -> UInt64 {
        try budget.charge(max(realSize, stored))
        segments = try SparseMap(map, realSize: realSize, stored: stored).segments
        return realSize
    }
}

// MARK: - Blocks

extension TarReader {
    private mutating func finishMember() throws {
        let left = dataLeft + padding
        guard try stream.skip(left) == left else { throw InvalidArchive.truncated }
        (segments, dataLeft, padding) = ([], 0, 0)
    }

    /// The next header block, or `nil` at the end of the archive.
    private mutating func readHeaderBlock() throws -> [UInt8]? {
        let block = try stream.read(TarFormat.blockSize)
        guard block.count == TarFormat.blockSize else {
            guard TarHeader.isZero(block) else {
                // Without one whole header nothing says that it is a tar at all.
                let isFirst = stream.position == UInt64(block.count)
                throw isFirst ? .unsupported(InvalidArchive.truncated.reason) : InvalidArchive.truncated
            }
            if stream.position > 0 { warnings.add(.noEndOfArchive) }
            return nil
        }
        guard TarHeader.isZero(block) else { return block }
        let second = try stream.read(TarFormat.blockSize)
        guard TarHeader.isZero(second) else {
            throw InvalidArchive.rejected("the archive goes on after a block of zeros")
        }
        if second.count < TarFormat.blockSize { warnings.add(.noEndOfArchive) }
        try readTrailer()
        return nil
    }

    /// Reads what follows the end of the archive: it belongs to the digest, but to no member.
    private mutating func readTrailer() throws {
        let tooMuch = InvalidArchive.limit(
            "more than \(limits.trailingBytes) bytes follow the end of the archive")
        var seen: UInt64 = 0
        while true {
            let block = try stream.read(TarFormat.blockSize)
            seen += UInt64(block.count)
            guard seen <= limits.trailingBytes else { throw tooMuch }
            if block.isEmpty { return }
            if TarHeader.isZero(block) { continue }
            // A second archive would show one tree to us and another to tools that read on. What does not parse as a
            // header is not one, whatever the reason.
            guard (try? TarHeader(block)) == nil else {
                throw InvalidArchive.rejected("a second archive follows the end of the first")
            }
            warnings.add(.bytesAfterEnd)
            guard try stream.skip(limits.trailingBytes - seen + 1) <= limits.trailingBytes - seen else {
                throw tooMuch
            }
            return
        }
    }
}

extension InvalidArchive {
    static let truncated = InvalidArchive.rejected("the archive is cut short")
}
