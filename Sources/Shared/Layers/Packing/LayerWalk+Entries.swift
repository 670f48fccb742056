import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

extension LayerWalk {
    /// Writes the members that one directory entry stands for.
    mutating func pack(_ entry: DirectoryListing.Entry) throws {
        let name = level.listing.name(of: entry)
        let path = path(of: name)
        guard !name.starts(with: Whiteout.prefix) else {
            throw Failure(
                "the layer has a file named \(path)", causes: ["names that start with .wh. are whiteouts in an image"],
                hint: "rename or remove that file in the layer's run section", class: .rejected)
        }
        guard path.count < limits.pathBytes else {
            throw Failure("\(path) is longer than \(limits.pathBytes) bytes", class: .limit)
        }
        switch entry.kind {
        case .file: try packFile(entry, at: path)
        case .directory: try enter(entry, at: path)
        case .symbolicLink, .characterDevice, .blockDevice, .fifo, .socket: try packSpecial(entry, at: path)
        case nil:
            switch try level.listing.status(of: entry, in: directory.raw, at: path).kind {
            case .file: try packFile(entry, at: path)
            case .directory: try enter(entry, at: path)
            default: try packSpecial(entry, at: path)
            }
        }
    }

    private mutating func packFile(_ entry: DirectoryListing.Entry, at path: ByteString) throws {
        let file = try opening(path) { () throws(SystemError) in
            try level.listing.open(entry, in: directory.raw, at: path)
        }
        let status = try FileStatus(of: file.raw, at: path)
        guard status.kind == .file else { throw Failure.changed(path) }
        let found = try attributes.attributes(of: file.raw, at: path)
        if found.isWhiteout && status.size == 0 { return try packWhiteout(of: entry, at: path) }
        if let earlier = hardLinks.earlierName(of: status, named: path) {
            return try append(member(path, .hardLink(to: earlier), status))
        }
        tally.unwritableAttributes += found.unwritable
        try append(member(path, .file(bytes: status.size), status, found))
        try writer.appendContent(of: file.raw, bytes: status.size, path: path)
        guard try FileStatus(of: file.raw, at: path).isUnchanged(since: status) else { throw Failure.changed(path) }
    }

    /// Writes what cannot be opened; its extended attributes, which only `security.` ones could be, are left out.
    private mutating func packSpecial(_ entry: DirectoryListing.Entry, at path: ByteString) throws {
        let status = try opening(path) { () throws(SystemError) in
            try level.listing.status(of: entry, in: directory.raw, at: path)
        }
        guard entry.kind == nil || entry.kind == status.kind else { throw Failure.changed(path) }
        switch status.kind {
        case .symbolicLink:
            let target = try level.listing.linkTarget(of: entry, in: directory.raw, at: path)
            try append(member(path, .symbolicLink(to: target), status))
        case .fifo: try append(member(path, .fifo, status))
        case .characterDevice where status.isWhiteoutDevice: try packWhiteout(of: entry, at: path)
        case .characterDevice:
            let kind = PackedMember.Kind.characterDevice(major: status.deviceMajor, minor: status.deviceMinor)
            try append(member(path, kind, status))
        case .blockDevice:
            let kind = PackedMember.Kind.blockDevice(major: status.deviceMajor, minor: status.deviceMinor)
            try append(member(path, kind, status))
        case .socket: tally.sockets += 1
        case .file, .directory: throw Failure.changed(path)
        case nil: throw Failure("\(path) is of a type that no image can hold")
        }
    }

    /// Writes a whiteout, where there is anything for it to hide.
    private mutating func packWhiteout(of entry: DirectoryListing.Entry, at path: ByteString) throws {
        guard try lowerStatus(of: entry, at: path) != nil else { return }
        try append(.whiteout(self.path(of: Whiteout.prefix + level.listing.name(of: entry))))
    }

    /// Calls `body`, whose errors may say that the entry is no longer what its directory said a moment ago.
    func opening<Result: ~Copyable>(
        _ path: ByteString, _ body: () throws(SystemError) -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels, .noSuchAddressOrDevice:
                throw Failure.changed(path)
            default: throw error
            }
        }
    }
}
