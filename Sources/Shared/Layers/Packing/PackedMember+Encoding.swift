import Diagnostics

extension PackedMember {
    /// The header blocks of this member: one ustar block, preceded by a PAX extended header when it does not say all.
    ///
    /// A pure function: the same member gives the same bytes for ever. Names go into the ustar block as they are,
    /// bytes above 127 included, because readers take those bytes exactly, while several readers convert what a PAX
    /// `path` record holds from UTF-8 to their locale or normalise it; PAX is for names that are too long.
    ///
    /// - Throws: ``Failure`` when the extended header would be larger than `limit` bytes.
    func append(to bytes: inout [UInt8], extendedHeaderLimit limit: Int) throws(Failure) {
        var block = TarBlock(typeFlag: typeFlag)
        var records = PAXRecords()
        setName(in: &block, &records)
        setLink(in: &block, &records)
        setNumbers(in: &block, &records)
        for attribute in attributes {
            records.add(keyword: Array("SCHILY.xattr.".utf8) + attribute.name.bytes, attribute.value.bytes)
        }
        block.seal()
        if !records.isEmpty {
            let content = records.encoded()
            guard content.count <= limit else {
                throw Failure(
                    "the name and extended attributes of \(path) need \(content.count) bytes",
                    causes: ["the limit is \(limit) bytes"], class: .limit)
            }
            Self.append(extendedHeader: content, for: path, to: &bytes)
        }
        bytes += block.content
    }

    private static func append(extendedHeader content: [UInt8], for path: ByteString, to bytes: inout [UInt8]) {
        var block = TarBlock(typeFlag: UInt8(ascii: "x"))
        let slash = UInt8(ascii: "/")
        let whole = path.bytes.last == slash ? path.bytes.dropLast() : path.bytes[...]
        let last = whole[(whole.lastIndex(of: slash).map { $0 + 1 } ?? whole.startIndex)...]
        // No process id, which other writers put here, and nothing that a reader could trip over.
        block.set(TarFormat.name, Array("PaxHeaders.0/".utf8) + last.filter { (0x21..<0x7f).contains($0) })
        _ = block.set(TarFormat.mode, number: 0o644)
        _ = block.set(TarFormat.userID, number: 0)
        _ = block.set(TarFormat.groupID, number: 0)
        _ = block.set(TarFormat.size, number: UInt64(content.count))
        _ = block.set(TarFormat.modified, number: 0)
        _ = block.set(TarFormat.deviceMajor, number: 0)
        _ = block.set(TarFormat.deviceMinor, number: 0)
        block.seal()
        bytes += block.content
        bytes += content
        bytes += repeatElement(0, count: Int(TarFormat.padding(after: UInt64(content.count))))
    }

    private var typeFlag: UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardLink: UInt8(ascii: "1")
        case .symbolicLink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .directory: UInt8(ascii: "5")
        case .fifo: UInt8(ascii: "6")
        }
    }

    private func setName(in block: inout TarBlock, _ records: inout PAXRecords) {
        let bytes = path.bytes
        if bytes.count <= TarFormat.name.count {
            block.set(TarFormat.name, bytes)
        } else if let slash = Self.splittingSlash(in: bytes) {
            block.set(TarFormat.prefix, bytes[..<slash])
            block.set(TarFormat.name, bytes[(slash + 1)...])
        } else {
            block.set(TarFormat.name, bytes)
            records.add("path", bytes)
        }
    }

    /// Where a path of more than 100 bytes is cut into the fields `prefix` and `name`, both not empty.
    private static func splittingSlash(in path: [UInt8]) -> Int? {
        let first = max(1, path.count - TarFormat.name.count - 1)
        let last = min(TarFormat.prefix.count, path.count - 2)
        guard first <= last else { return nil }
        return (first...last).first { path[$0] == UInt8(ascii: "/") }
    }

    private func setLink(in block: inout TarBlock, _ records: inout PAXRecords) {
        switch kind {
        case .symbolicLink(let target), .hardLink(let target):
            block.set(TarFormat.linkName, target.bytes)
            if target.count > TarFormat.linkName.count { records.add("linkpath", target.bytes) }
        case .file, .directory, .characterDevice, .blockDevice, .fifo: break
        }
    }

    private func setNumbers(in block: inout TarBlock, _ records: inout PAXRecords) {
        func set(_ field: Range<Int>, _ keyword: StaticString, _ number: UInt64) {
            if !block.set(field, number: number) { records.add(keyword, Array(String(number).utf8)) }
        }
        _ = block.set(TarFormat.mode, number: UInt64(mode & 0o7777))
        set(TarFormat.userID, "uid", UInt64(userID))
        set(TarFormat.groupID, "gid", UInt64(groupID))
        set(TarFormat.size, "size", contentBytes)
        if modified >= 0 {
            set(TarFormat.modified, "mtime", UInt64(modified))
        } else {
            _ = block.set(TarFormat.modified, number: 0)
            records.add("mtime", Array(String(modified).utf8))
        }
        set(TarFormat.deviceMajor, "SCHILY.devmajor", UInt64(device.major))
        set(TarFormat.deviceMinor, "SCHILY.devminor", UInt64(device.minor))
    }

    /// Bytes that follow the header, without the padding.
    var contentBytes: UInt64 {
        guard case .file(let bytes) = kind else { return 0 }
        return bytes
    }

    private var device: (major: UInt32, minor: UInt32) {
        switch kind {
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor): (major, minor)
        case .file, .directory, .symbolicLink, .hardLink, .fifo: (0, 0)
        }
    }
}
