import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

extension TreeCopy {
    func copyContents(
        of source: borrowing OwnedDescriptor, into directory: OpenDirectory, at place: ByteString, depth: Int
    ) throws {
        guard depth < limits.pathDepth else {
            throw Failure("\(shown(place)) is nested too deep", class: .limit)
        }
        let names = try source.names().sorted()
        if !names.isEmpty { directory.willChange() }
        for name in names {
            try copyEntry(
                name, from: source, into: directory, as: name, at: Self.joined(place, [name]), depth: depth)
        }
    }

    /// Copies the entry itself, also where it is a link.
    func copyEntry(
        _ name: ByteString, from source: borrowing OwnedDescriptor, into directory: OpenDirectory,
        as newName: ByteString, at path: ByteString, depth: Int
    ) throws {
        let status = try source.status(of: name)
        if job.staged != nil, try move(name, status, from: source, into: directory, as: newName, at: path) { return }
        switch status.kind {
        case .regular:
            let file = try source.openEntry(name, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            try copyFile(file, into: directory, as: newName, at: path)
        case .directory:
            try copyDirectory(
                try source.openDirectory(name), into: directory, as: newName, at: path, depth: depth + 1)
        case .symbolicLink:
            try copyLink(try source.linkTarget(of: name), status, into: directory, as: newName, at: path)
        case _ where job.manner == .strict: throw refused(path)
        case .fifo: try copyFIFO(status, into: directory, as: newName, at: path)
        case .socket: warnings.add(.socket, path)
        case .characterDevice, .blockDevice: warnings.add(.device, path)
        }
    }

    func copyFile(
        _ source: borrowing OwnedDescriptor, into directory: OpenDirectory, as name: ByteString, at path: ByteString
    ) throws {
        let status = try source.status()
        guard status.kind == .regular else { throw refused(path) }
        try clear(name, in: directory, at: path)
        if status.links > 1, let first = linked[status.identity] {
            if try link(name, to: first, in: directory) { return }
        }
        let file = try directory.with { (open) throws(SystemError) in
            try open.openEntry(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        }
        do {
            try file.fill(from: source, sharing: false)
            try describe(file, as: status, mode: job.mode ?? status.permissions, from: source, at: path)
            try file.close()
        } catch {
            throw Failure(explaining: error).wrapped("cannot copy \(shown(path))")
        }
        if status.links > 1, linked.count < Self.mostLinked { linked[status.identity] = path }
        entries += 1
    }

    /// - Returns: `false` where the file cannot have one more name.
    private func link(
        _ name: ByteString, to first: ByteString, in directory: OpenDirectory
    ) throws(SystemError) -> Bool {
        let names = CopyPlacement.components(of: first)
        guard let last = names.last, first.count < Int(PATH_MAX) else { return false }
        let folder = Self.joined(".", names.dropLast())
        do throws(SystemError) {
            let parent = try OwnedDescriptor.open(folder, in: target, O_RDONLY | O_DIRECTORY)
            try directory.with { (open) throws(SystemError) in try open.makeHardLink(name, to: last, in: parent) }
        } catch {
            guard error.errno == .tooManyLinks else { throw error }
            return false
        }
        entries += 1
        return true
    }

    private func copyLink(
        _ link: ByteString, _ status: Status, into directory: OpenDirectory, as name: ByteString, at path: ByteString
    ) throws {
        try clear(name, in: directory, at: path)
        try directory.with { (open) throws in
            try open.makeSymbolicLink(name, to: link)
            try setOwner(owner(of: status)) { (owner) throws(SystemError) in
                try open.setOwner(of: name, user: owner.user, group: owner.group)
            }
            try open.setModified(of: name, status.modified.asFileTime)
        }
        entries += 1
    }

    private func copyFIFO(
        _ status: Status, into directory: OpenDirectory, as name: ByteString, at path: ByteString
    ) throws {
        try clear(name, in: directory, at: path)
        try directory.with { (open) throws in
            try open.makeNode(name, type: S_IFIFO)
            // Does not wait for a writer.
            let fifo = try open.openEntry(name, O_RDONLY | O_NONBLOCK)
            try setOwner(owner(of: status)) { (owner) throws(SystemError) in
                try fifo.setOwner(user: owner.user, group: owner.group)
            }
            try fifo.setMode(status.permissions)
            try fifo.setTimes(status)
        }
        entries += 1
    }

    func copyDirectory(
        _ source: borrowing OwnedDescriptor, into directory: OpenDirectory, as name: ByteString,
        at path: ByteString, depth: Int
    ) throws {
        let existing = try directory.with { (open) throws(SystemError) in try open.statusIfPresent(of: name) }
        guard let existing else {
            let made = try directory.with { (open) throws(SystemError) in
                try open.makeDirectory(name)
                return try OpenDirectory(open.openDirectory(name), name: name)
            }
            entries += 1
            try copyContents(of: source, into: made, at: path, depth: depth)
            try describe(made, as: try source.status(), from: source, at: path)
            return try made.leave()
        }
        guard job.manner == .overlay else { throw taken(path) }
        let merged = try open(existing.kind, name, in: directory, at: path)
        try copyContents(of: source, into: merged, at: path, depth: depth)
        try merged.leave()
    }

    /// A directory of the target, or what a link there leads to.
    private func open(
        _ kind: Status.Kind, _ name: ByteString, in directory: OpenDirectory, at path: ByteString
    ) throws -> OpenDirectory {
        switch kind {
        case .directory:
            return try directory.with { (open) throws(SystemError) in
                try OpenDirectory(open.openDirectory(name), name: name)
            }
        case .symbolicLink:
            do throws(SystemError) {
                return try OpenDirectory(
                    OwnedDescriptor.open(path, in: target, O_RDONLY | O_DIRECTORY), name: name)
            } catch {
                throw Failure(
                    "\(shown(path)) is a symbolic link in the image, and leads to no directory",
                    causes: ["\(error.errno)"], class: .rejected)
            }
        default:
            throw Failure("\(shown(path)) is a directory, and no directory in the image", class: .rejected)
        }
    }

    /// Removes what has the name in the target, where it may be replaced.
    func clear(_ name: ByteString, in directory: OpenDirectory, at path: ByteString) throws {
        guard let status = try directory.with({ (open) throws(SystemError) in try open.statusIfPresent(of: name) })
        else { return }
        guard job.manner == .overlay else { throw taken(path) }
        guard status.kind != .directory else {
            throw Failure(
                "\(shown(path)) is a directory in the image",
                hint: "end the destination with / to put something into a directory", class: .rejected)
        }
        try directory.with { (open) throws(SystemError) in try open.unlink(name) }
    }

    private func taken(_ path: ByteString) -> Failure {
        Failure("two imports are named \(shown(path))", hint: "rename one of them", class: .rejected)
    }
}
