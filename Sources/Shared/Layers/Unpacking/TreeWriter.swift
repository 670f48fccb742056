import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Makes the members of an archive in a directory.
///
/// Everything goes by descriptor and one component of a name at a time, links not followed, so no name leads out of the
/// root. Nothing that exists is written to: it is removed and made anew. No path is handed to the kernel that would need
/// /proc, which the jail does not have.
final class TreeWriter {
    let path: DirectoryPath
    let warnings: Warnings
    /// The member being made, for warnings.
    private var current: ByteString = ""
    /// Whether device nodes are known to be impossible here, as in every user namespace.
    private var devicesAreForbidden = false

    init(
        root: borrowing OwnedDescriptor, form: UnpackJob.Form, limits: Limits, warnings: Warnings
    ) throws(SystemError) {
        path = try DirectoryPath(root: root, form: form, limits: limits)
        self.warnings = warnings
    }

    /// Makes one member; `reader` has its data.
    func apply<Reader: MemberReader & ~Copyable>(_ member: ArchiveMember, from reader: inout Reader) throws {
        current = member.name
        let name = try MemberName(member.name, limits: path.limits)
        if name.isRoot { return try applyRoot(member) }
        switch try LayerName(name) {
        case .bookkeeping: warnings.add(.ignoredWhiteoutName, member.name)
        case .opaqueDirectory: try hideLower(in: name.components.dropLast())
        case .whiteout(let target): try hide(target, in: name.components.dropLast())
        case .entry(let entry):
            if case .directory = member.kind { return try makeDirectory(name, member) }
            guard !name.namesDirectory else {
                throw InvalidArchive.rejected("its name ends in \"/\", but it is not a directory")
            }
            let parent = try path.directory(name.components.dropLast())
            try make(entry, in: parent, member, from: &reader)
            try path.made?.insert(entry, in: parent)
        }
    }

    /// Makes all members, and gives every directory its mode and time.
    func applyAll<Reader: MemberReader & ~Copyable>(from reader: inout Reader) throws {
        while let member = try reader.next() {
            do {
                try apply(member, from: &reader)
            } catch let error as InvalidArchive {
                throw error.about(member.name)
            } catch let error as SystemError {
                throw error.explanation.wrapped("cannot unpack \(member.name.abbreviated)")
            }
        }
        try finish()
    }

    /// Gives every directory its mode and time.
    func finish() throws(SystemError) { try path.finish() }

    private func make<Reader: MemberReader & ~Copyable>(
        _ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember, from reader: inout Reader
    ) throws {
        switch member.kind {
        case .file(let size): try makeFile(name, in: parent, member, size: size, from: &reader)
        case .symbolicLink(let target): try makeSymbolicLink(name, in: parent, member, to: target)
        case .hardLink(let target):
            try makeHardLink(name, in: parent, member, to: target)
            if member.linkHasData { try fillLink(name, in: parent, member, from: &reader) }
        case .fifo: try makeFIFO(name, in: parent, member)
        case .characterDevice(let major, let minor):
            // Overlayfs takes this one for a whiteout, whatever its name.
            guard major != 0 || minor != 0 else {
                throw InvalidArchive.rejected("a character device 0:0 would hide the file below it")
            }
            try makeDevice(name, in: parent, member, type: S_IFCHR, major: major, minor: minor)
        case .blockDevice(let major, let minor):
            try makeDevice(name, in: parent, member, type: S_IFBLK, major: major, minor: minor)
        case .directory: preconditionFailure("directories are made by makeDirectory")
        }
    }
}

// MARK: - Directories

extension TreeWriter {
    private func applyRoot(_ member: ArchiveMember) throws {
        guard case .directory = member.kind else {
            throw InvalidArchive.rejected("it would replace the root directory")
        }
        try describe(try path.directory([]), existed: true, member)
    }

    private func makeDirectory(_ name: MemberName, _ member: ArchiveMember) throws {
        guard let last = name.components.last else { return }
        _ = try path.directory(name.components.dropLast())
        let made = try path.makeDirectory(last)
        try describe(made.directory, existed: made.existed, member)
    }

    /// Owner and attributes at once, mode and time when nothing more is put into it.
    private func describe(_ directory: OpenDirectory, existed: Bool, _ member: ArchiveMember) throws {
        try directory.with { (open) throws in
            try setOwner(of: open, member)
            if existed, path.form == .merged { try removeAttributes(of: open) }
            try setAttributes(of: open, member)
        }
        directory.assign(mode: member.mode, modified: member.modified)
    }

    /// A directory that was there before the archive is described anew, not on top of what it was.
    private func removeAttributes(of directory: borrowing OwnedDescriptor) throws(SystemError) {
        for name in try directory.extendedAttributeNames() where name.bytes.starts(with: "user.".utf8) {
            try directory.removeExtendedAttribute(name)
        }
    }
}

// MARK: - Everything else

extension TreeWriter {
    private func makeFile<Reader: MemberReader & ~Copyable>(
        _ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember, size: UInt64,
        from reader: inout Reader
    ) throws {
        let file = try replacing(name, in: parent) { (directory) throws(SystemError) in
            try directory.openEntry(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        }
        let end = try write(&reader, to: file)
        if end < size { try file.setSize(size) }
        try describe(file, member)
        try file.close()
    }

    /// Gives the file that has several names, this being the last of them, its data.
    ///
    /// The one place where something that exists is written to: all its names were made by this archive, because the
    /// tree holds nothing else and no link leads out of it. Only a regular file is opened (CVE-2016-5418).
    private func fillLink<Reader: MemberReader & ~Copyable>(
        _ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember, from reader: inout Reader
    ) throws {
        let file = try parent.with { (directory) throws in
            guard try directory.statusIfPresent(of: name)?.kind == .regular else {
                throw InvalidArchive.rejected("it is a hard link with data, but not to a file")
            }
            return try directory.openEntry(name, O_WRONLY | O_TRUNC)
        }
        _ = try write(&reader, to: file)
        try describe(file, member)
        try file.close()
    }

    /// Writes the data of the current member.
    ///
    /// - Returns: Where it ended.
    private func write<Reader: MemberReader & ~Copyable>(
        _ reader: inout Reader, to file: borrowing OwnedDescriptor
    ) throws -> UInt64 {
        var end: UInt64 = 0
        try unsafe reader.readData { chunk, offset in
            try unsafe file.write(chunk, at: offset)
            end = offset + UInt64(chunk.count)
        }
        return end
    }

    private func makeFIFO(_ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember) throws {
        let fifo = try replacing(name, in: parent) { (directory) throws(SystemError) in
            try directory.makeNode(name, type: S_IFIFO)
            // Does not wait for a writer.
            return try directory.openEntry(name, O_RDONLY | O_NONBLOCK)
        }
        try describe(fifo, member)
    }

    private func makeSymbolicLink(
        _ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember, to target: ByteString
    ) throws {
        // PATH_MAX counts the NUL.
        guard !target.isEmpty, !target.containsNUL, target.count < Int(PATH_MAX) else {
            throw InvalidArchive.rejected("its link target is empty, too long or has a NUL inside")
        }
        try replacing(name, in: parent) { (directory) throws(SystemError) in
            try directory.makeSymbolicLink(name, to: target)
        }
        dropAttributes(member)
        let owner = try member.owner()
        try parent.with { (directory) throws in
            try changingOwner(owner) { () throws(SystemError) in
                try directory.setOwner(of: name, user: owner.user, group: owner.group)
            }
            try directory.setModified(of: name, member.modified)
        }
    }

    private func makeDevice(
        _ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember, type: mode_t, major: UInt64,
        minor: UInt64
    ) throws {
        // 12 and 20 bits: what the kernel keeps of them.
        guard major < 1 << 12, minor < 1 << 20 else {
            throw InvalidArchive.rejected("the device number \(major):\(minor) is impossible")
        }
        guard !devicesAreForbidden else { return try makePlaceholder(name, in: parent, member) }
        do throws(SystemError) {
            try replacing(name, in: parent) { (directory) throws(SystemError) in
                try directory.makeNode(name, type: type, device: stk_makedev(UInt32(major), UInt32(minor)))
            }
        } catch {
            guard error.errno == .notPermitted, error.call == "mknodat" else { throw error }
            devicesAreForbidden = true
            return try makePlaceholder(name, in: parent, member)
        }
        dropAttributes(member)
        let owner = try member.owner()
        try parent.with { (directory) throws in
            try changingOwner(owner) { () throws(SystemError) in
                try directory.setOwner(of: name, user: owner.user, group: owner.group)
            }
            try directory.setMode(ofDevice: name, member.mode)
            try directory.setModified(of: name, member.modified)
        }
    }

    /// An empty file that nobody may open, where the kernel forbids the device itself.
    private func makePlaceholder(_ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember) throws {
        warnings.add(.devicePlaceholder, member.name)
        let file = try replacing(name, in: parent) { (directory) throws(SystemError) in
            try directory.openEntry(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        }
        var placeholder = member
        placeholder.mode = 0
        try describe(file, placeholder)
    }

    private func makeHardLink(
        _ name: ByteString, in parent: OpenDirectory, _ member: ArchiveMember, to target: ByteString
    ) throws {
        let destination = try MemberName(target, limits: path.limits)
        let missing = InvalidArchive.rejected("it is a hard link to \(target.abbreviated), which is not in this tree")
        guard let last = destination.components.last, !destination.namesDirectory,
            let found = try path.resolve(destination.components.dropLast(), from: [], creating: false)?.directory
        else { throw missing }
        let status = try found.with { (directory) throws(SystemError) in try directory.statusIfPresent(of: last) }
        guard let status, path.form == .merged || !status.isWhiteout else { throw missing }
        guard status.kind != .directory else { throw InvalidArchive.rejected("it is a hard link to a directory") }
        guard found.inode != parent.inode || last != name else {
            throw InvalidArchive.rejected("it is a hard link to itself")
        }
        do throws(SystemError) {
            try replacing(name, in: parent) { (directory) throws(SystemError) in
                try found.with { (source) throws(SystemError) in
                    try directory.makeHardLink(name, to: last, in: source)
                }
            }
        } catch {
            guard error.errno == .tooManyLinks else { throw error }
            throw InvalidArchive.limit("\(target.abbreviated) has as many hard links as the file system allows")
        }
    }

    /// Makes an entry; what has its name already goes away first.
    private func replacing<Made: ~Copyable>(
        _ name: ByteString, in parent: OpenDirectory,
        _ make: (borrowing OwnedDescriptor) throws(SystemError) -> Made
    ) throws(SystemError) -> Made {
        parent.willChange()
        do {
            return try parent.with(make)
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
        try clear(name, in: parent)
        return try parent.with(make)
    }

    private func clear(_ name: ByteString, in parent: OpenDirectory) throws(SystemError) {
        let status = try parent.with { (open) throws(SystemError) in try open.statusIfPresent(of: name) }
        let isOurs = path.made?.contains(name, in: parent) ?? true
        if isOurs, status?.isWhiteout != true { warnings.add(.duplicate, current) }
        try parent.with { (open) throws(SystemError) in try open.removeTree(name) }
        path.invalidate()
    }
}
