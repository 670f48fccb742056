import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// The directories from the root of the tree to where the last member went, open.
///
/// Members usually come in the order of the tree, so the next one needs a few of them again. A directory gets its mode
/// and time back when the next member lies elsewhere: nothing about it has to be remembered until the end, and memory
/// is bounded by the depth of one name whatever the number of directories. A name deeper than ``mostOpen`` keeps only
/// its lower end open.
final class DirectoryPath {
    private static let mostOpen = 64

    let form: UnpackJob.Form
    let limits: Limits
    let root: OpenDirectory
    /// What the archive made so far, where the tree was not empty.
    var made: MadeNames?
    private var levels: [OpenDirectory] = []
    /// Whether a way that led through a link or a removed directory may be stale.
    private var isStale = false

    init(root: borrowing OwnedDescriptor, form: UnpackJob.Form, limits: Limits) throws(SystemError) {
        self.form = form
        self.limits = limits
        self.root = try OpenDirectory(root.openDirectory("."), name: "")
        let isEmpty = try root.names().isEmpty
        made = form == .merged && !isEmpty ? MadeNames() : nil
    }

    /// The directory with this name; links in it lead where they would if the tree were `/`, and what is missing is
    /// made, root's and 0755.
    func directory(_ name: some Collection<ByteString>) throws -> OpenDirectory {
        if isStale {
            try leave(downTo: 0)
            isStale = false
        }
        let shared = zip(levels, name).prefix { $0.name == $1 }.count
        try leave(downTo: shared)
        for part in name.dropFirst(shared) { try enter(part) }
        return try top()
    }

    /// Goes into `name`, a directory that is made here unless it is one already; anything else there is replaced.
    ///
    /// - Returns: The directory, and whether it was there.
    func makeDirectory(_ name: ByteString) throws -> (directory: OpenDirectory, existed: Bool) {
        let parent = try top()
        try made?.insert(name, in: parent)
        let status = try parent.with { (open) throws(SystemError) in try open.statusIfPresent(of: name) }
        let directory: OpenDirectory
        switch status?.kind {
        case .directory: directory = try open(name, in: parent)
        case nil: directory = try create(name, in: parent)
        default: directory = try replaceByDirectory(name, in: parent)
        }
        try push(directory)
        return (directory, status?.kind == .directory)
    }

    /// To be said when a directory or link has gone away.
    func invalidate() { isStale = true }

    /// Gives every directory its mode and time.
    func finish() throws(SystemError) {
        try leave(downTo: 0)
        try root.leave()
    }

    /// The way from the root, without links, to the directory that ``directory(_:)`` returned last.
    var physicalTop: [ByteString] { physical(levels.count) }

    private func top() throws(SystemError) -> OpenDirectory {
        guard let top = levels.last else { return root }
        if top.isParked { top.reopen(try openPhysical(physical(levels.count))) }
        return top
    }

    private func enter(_ name: ByteString) throws {
        let parent = try top()
        switch try child(name, of: parent, creating: true) {
        case .directory(let directory): try push(directory)
        case .link, .missing:
            // Never missing: it would have been made.
            guard let found = try resolve([name], from: physical(levels.count), creating: true) else {
                throw InvalidArchive.rejected("\(name.abbreviated) is not a directory")
            }
            try push(OpenDirectory(found.directory, name: name, physical: found.path))
        }
    }

    private func push(_ directory: OpenDirectory) throws(SystemError) {
        levels.append(directory)
        let oldest = levels.count - 1 - Self.mostOpen
        if oldest >= 0 { try levels[oldest].park() }
    }

    private func leave(downTo count: Int) throws(SystemError) {
        while levels.count > count, let last = levels.last {
            try last.leave()
            levels.removeLast()
        }
    }

    private func physical(_ count: Int) -> [ByteString] {
        var path: [ByteString] = []
        for level in levels.prefix(count) {
            if let physical = level.physical { path = physical } else { path.append(level.name) }
        }
        return path
    }
}

// MARK: - Making directories

extension DirectoryPath {
    func open(_ name: ByteString, in parent: OpenDirectory) throws(SystemError) -> OpenDirectory {
        try OpenDirectory(
            try parent.with { (open) throws(SystemError) in try open.openDirectory(name) }, name: name)
    }

    /// Makes a directory as a missing parent is: root's, 0755, of 1970, so that it does not depend on the clock.
    func create(_ name: ByteString, in parent: OpenDirectory) throws(SystemError) -> OpenDirectory {
        parent.willChange()
        try parent.with { (open) throws(SystemError) in try open.makeDirectory(name) }
        let directory = try open(name, in: parent)
        // A set-group-id parent would hand its group down.
        try directory.with { (open) throws(SystemError) in try open.setOwner(user: geteuid(), group: getegid()) }
        directory.assign(mode: 0o755, modified: .epoch)
        return directory
    }

    /// Replaces something else by a directory, which then hides what lower layers have there: the layer has removed it
    /// before, by a whiteout or by another kind of file.
    func replaceByDirectory(_ name: ByteString, in parent: OpenDirectory) throws(SystemError) -> OpenDirectory {
        parent.willChange()
        try parent.with { (open) throws(SystemError) in try open.unlink(name) }
        invalidate()
        let directory = try create(name, in: parent)
        if form == .overlay {
            try directory.with { (open) throws(SystemError) in try open.setExtendedAttribute(.opaque) }
        }
        return directory
    }
}
