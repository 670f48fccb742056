import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// One copy under way.
///
/// A directory that the target has already is merged and keeps what it was, its time too. One whose name is a link there
/// is merged into where the link leads. Everything else is removed and made anew, never written to.
final class TreeCopy {
    typealias Status = LinuxSystem.FileStatus

    let job: CopyJob
    let limits: Limits
    let warnings = Warnings()
    var entries: UInt64 = 0
    /// For files with several names: where in the target the first one is.
    var linked: [Status.Identity: ByteString] = [:]
    /// Bounds the memory for them; what comes after is copied anew for each name.
    static let mostLinked = 1 << 20
    let target: OwnedDescriptor

    init(_ job: CopyJob, into target: consuming OwnedDescriptor, limits: Limits) throws(SystemError) {
        self.job = job
        self.limits = limits
        self.target = target
    }

    func run(from source: borrowing OwnedDescriptor) throws {
        let names = CopyPlacement.components(of: job.path)
        let status = try status(of: names, in: source)
        let isDirectory = status.kind == .directory
        guard isDirectory || !job.takesContents else {
            throw Failure("\(shown(job.path)) is no directory", hint: "leave out the / at its end", class: .rejected)
        }
        let placement = CopyPlacement(
            of: names.last ?? "", isDirectory: isDirectory, takesContents: job.takesContents, at: job.destination)
        let way = try DirectoryPath(root: target, form: .merged, limits: limits)
        let isNew = try way.resolve(placement.directory, from: [], creating: false) == nil
        if placement.isNewDirectory { try makeOwnDirectories(placement.directory, on: way) }
        let top = try way.directory(placement.directory)
        let place = Self.joined("", placement.directory)
        if let name = placement.name {
            try copy(job.path, status, from: source, into: top, as: name, at: place)
        } else {
            let directory = try openDirectory(job.path, in: source)
            try copyContents(of: directory, into: top, at: place, depth: 0)
            if isNew, !placement.isNewDirectory { try describe(top, as: status, from: directory, at: place) }
        }
        try way.finish()
    }

    /// Makes the directories that are missing of a path, for whom the job says.
    private func makeOwnDirectories(_ names: [ByteString], on way: DirectoryPath) throws {
        let owner = Owner(user: job.user ?? 0, group: job.group ?? 0)
        guard job.manner == .overlay, owner != Owner(user: 0, group: 0) else { return }
        for count in names.indices.map({ $0 + 1 }) {
            let part = Array(names.prefix(count))
            guard try way.resolve(part, from: [], creating: false) == nil else { continue }
            try way.directory(part).with { (open) throws in
                try setOwner(owner) { (owner) throws(SystemError) in
                    try open.setOwner(user: owner.user, group: owner.group)
                }
            }
        }
    }

    /// Of what the job names; of a link itself only where the job wants links.
    private func status(of names: [ByteString], in source: borrowing OwnedDescriptor) throws -> Status {
        do throws(SystemError) {
            guard let name = names.last else { return try source.status() }
            let folder = Self.joined(".", names.dropLast())
            let parent = try OwnedDescriptor.open(folder, in: source, O_RDONLY | O_DIRECTORY)
            let status = try parent.status(of: name)
            guard status.kind == .symbolicLink, job.followsLink || job.takesContents else { return status }
            return try OwnedDescriptor.open(job.path, in: source, stk_o_path).status()
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory, .notDirectory:
                throw Failure("there is no \(shown(job.path)) in it", class: .rejected)
            case .tooManySymbolicLinkLevels:
                throw Failure("\(shown(job.path)) is a symbolic link that leads nowhere", class: .rejected)
            default: throw error
            }
        }
    }

    private func copy(
        _ path: ByteString, _ status: Status, from source: borrowing OwnedDescriptor, into directory: OpenDirectory,
        as name: ByteString, at place: ByteString
    ) throws {
        let names = CopyPlacement.components(of: path)
        let destination = Self.joined(place, [name])
        directory.willChange()
        switch status.kind {
        case _ where job.staged != nil:
            guard let last = names.last else { return }
            try copyEntry(last, from: source, into: directory, as: name, at: destination, depth: 0)
        case .regular:
            let file = try OwnedDescriptor.open(path, in: source, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            try copyFile(file, into: directory, as: name, at: destination)
        case .directory:
            try copyDirectory(
                try openDirectory(path, in: source), into: directory, as: name, at: destination, depth: 0)
        default:
            guard let last = names.last else { return }
            let folder = Self.joined(".", names.dropLast())
            let parent = try OwnedDescriptor.open(folder, in: source, O_RDONLY | O_DIRECTORY)
            // It was one thing at the end of a link, and is another by its own name.
            guard try parent.status(of: last).kind == status.kind else { throw refused(destination) }
            try copyEntry(last, from: parent, into: directory, as: name, at: destination, depth: 0)
        }
    }

    private func openDirectory(
        _ path: ByteString, in source: borrowing OwnedDescriptor
    ) throws(SystemError) -> OwnedDescriptor {
        try OwnedDescriptor.open(path, in: source, O_RDONLY | O_DIRECTORY)
    }

    static func joined(_ start: ByteString, _ names: some Sequence<ByteString>) -> ByteString {
        ByteString(start.bytes + names.flatMap { [UInt8(ascii: "/")] + $0.bytes })
    }

    /// A path for a message.
    func shown(_ path: ByteString) -> String { path.isEmpty ? "/" : path.abbreviated }

    func refused(_ path: ByteString) -> Failure {
        Failure(
            "\(shown(path)) is a device, a pipe or a socket",
            hint: "only files, directories and symbolic links can be copied", class: .rejected)
    }
}
