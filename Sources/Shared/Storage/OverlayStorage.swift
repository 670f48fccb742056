public import Diagnostics
import Glibc
public import HelperClient
public import HelperProtocol
import LinuxSystem
import Synchronization
public import SystemPackage

/// The directories that images are built in, as layers of overlayfs.
///
/// What is no longer wanted is renamed aside and removed at the end: deleting a tree right before making a new one is
/// very slow on ext4, and a name that is gone at once cannot be mistaken for something finished.
public final class OverlayStorage: Sendable {
    let roots: FilePath
    let directory: OwnedDescriptor
    let helper: Helper
    private let entering: OnFirstUse<BuildNamespace>
    /// Held while a layer gets the name of its digest, so that two images of one build do not take it from each other.
    let naming = Mutex(())

    /// Opens the roots directory, and makes it (0700) if it is missing.
    ///
    /// The namespace is entered when something is to be done in it: a build that finds all its results needs none.
    public init(roots: FilePath, helper: Helper, namespace: OnFirstUse<BuildNamespace>) throws(Failure) {
        self.roots = roots
        self.helper = helper
        entering = namespace
        directory = try PrivateDirectory.open(roots)
    }

    /// Where everything that touches files of other owners is done.
    var namespace: BuildNamespace { get async throws { try await entering.value() } }

    /// Makes an empty `roots/<name>`; what was there is put aside.
    public func makeRoot(_ name: String) throws -> BuildRoot {
        let root = BuildRoot(name: name)
        try putAside(ByteString(name))
        try directory.makeDirectory(ByteString(name), mode: 0o755)
        let parts = try directory.openDirectory(ByteString(name))
        for part in BuildRoot.parts { try parts.makeDirectory(part, mode: 0o755) }
        return root
    }

    /// Unpacks an archive into the root, as a root file system.
    ///
    /// Whether it is a tar only a worker may find out, as nobody else reads what is in it. Where it says no, a second
    /// one tries with libarchive, which no other build has to load. `archive` is the raw number of a readable
    /// descriptor, open until this returns.
    public func unpack(archive: CInt, into root: BuildRoot, limits: Limits) async throws -> UnpackResult {
        try await unpack(archive: archive, into: root.upper, limits: limits)
    }

    /// `place` is relative to the roots directory.
    func unpack(archive: CInt, into place: ByteString, limits: Limits) async throws -> UnpackResult {
        do {
            return try await unpack(archive, .detect, into: place, limits: limits)
        } catch let failure as Failure where failure.errorClass == .unsupported {
            do {
                return try await unpack(archive, .anyArchive, into: place, limits: limits)
            } catch let second as Failure where second.errorClass == .unsupported {
                throw Failure(
                    failure.summary, causes: failure.causes,
                    hint: "give a tar archive, or another format that libarchive reads, such as cpio or zip",
                    class: .rejected)
            }
        }
    }

    private func unpack(
        _ archive: CInt, _ compression: UnpackJob.Compression, into place: ByteString, limits: Limits
    ) async throws -> UnpackResult {
        let place = roots.appending(place.description)
        let maximum = try maximumLayerBytes(limits)
        let reply = try await helper.work(.directory, directory: place, archive: archive, in: namespace) {
            .unpack(UnpackJob(archive: $0, compression: compression, form: .merged, maximumBytes: maximum))
        }
        guard case .unpacked(let result) = reply else { throw MalformedMessage("an answer to another job") }
        return result
    }

    /// Runs a command, whose output goes to `output`, and which may read its script from a pipe.
    public func run(_ step: Step, output: StepOutput, script: ScriptFeed? = nil) async throws -> Reply {
        try await helper.run(step, in: namespace, roots: roots, output: output, script: script)
    }

    /// Packs a sealed layer, seen against the layers below it, lowest first.
    ///
    /// `archive` is the raw number of a writable descriptor of an empty file, open until this returns.
    public func pack(
        _ layer: FinishedLayer, above layers: [FinishedLayer], archive: CInt, compression: PackJob.Compression,
        sourceDateEpoch: Int64?
    ) async throws -> PackResult {
        let view = JailedProgram.View.layer(upper: layer.overlay, below: FinishedLayer.stack(layers))
        let threads = UInt8(clamping: min(max(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 1), 4))
        let hasLower = !layers.isEmpty
        let reply = try await helper.work(view, directory: roots, archive: archive, in: namespace) {
            .pack(
                PackJob(
                    archive: $0, compression: compression, sourceDateEpoch: sourceDateEpoch, hasLower: hasLower,
                    threads: threads))
        }
        guard case .packed(let result) = reply else { throw MalformedMessage("an answer to another job") }
        return result
    }

    /// Whether anything in the root is new, different or gone; `true` also where it cannot be told.
    public func hasChanges(_ root: BuildRoot) throws -> Bool { try hasChanges(root.directory) }

    func hasChanges(_ root: ByteString) throws -> Bool {
        do throws(SystemError) {
            return try !directory.openDirectory(root).openDirectory(BuildRoot.changes).names().isEmpty
        } catch {
            if error.errno == .noSuchFileOrDirectory { return false }
            // A step may give its root directory away, and close it to everybody else.
            guard error.errno == .permissionDenied else { throw error }
            return true
        }
    }

    /// Removes what was put aside, also by earlier builds that were killed.
    public func emptyTrash() async throws {
        guard try !remainingTrash().isEmpty else { return }
        // Where this is what the namespace is entered for, the probes that come first put something aside as well.
        let namespace = try await namespace
        try await helper.removeTrees(try remainingTrash(), in: namespace, roots: roots)
    }

    /// What was put aside and is more than this program can remove; the rest is removed.
    private func remainingTrash() throws(SystemError) -> [ByteString] {
        try directory.names().filter { $0.bytes.starts(with: Self.temporaryPrefix.bytes) }
            .filter { !removeUnchanged($0) }
    }

    /// Removes a root in which nothing was changed, which takes no process: all of it belongs to this user.
    ///
    /// - Returns: whether it is gone.
    private func removeUnchanged(_ name: ByteString) -> Bool {
        do throws(SystemError) {
            do throws(SystemError) {
                // First, because it alone can hold files of others, and many.
                try directory.openDirectory(name).unlink(BuildRoot.changes, .directory)
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw error }
            }
            try FileTree.remove(name, in: directory)
            return true
        } catch {
            // Whatever the reason, stacker-nsexec removes what is left, or says why it cannot.
            return false
        }
    }

    /// Removes everything that stacker made in the roots directory, without the need for any space on the disk.
    ///
    /// - Returns: How many bytes it took, and names that stacker did not make, which stay.
    public func removeAll() async throws -> (bytes: UInt64, foreign: [ByteString]) {
        let ours = try madeByStacker()
        let bytes = try await sizes(of: ours).values.reduce(0) { $0 &+ $1 }
        try await remove(ours)
        try await emptyTrash()
        return (bytes, try directory.names().filter { $0 != DirectoryLock.name })
    }

    /// What begins like this is unfinished or unwanted, and removed at the end of a build.
    static let temporaryPrefix: ByteString = ".tmp."

    func temporaryName() -> ByteString {
        ByteString("\(Self.temporaryPrefix)\(String(UInt64.random(in: .min ... .max), radix: 36))")
    }

    /// Renames `name` away, if it is there.
    ///
    /// - Throws: ``Failure`` when it is something stacker never makes: `--roots-dir` may name any directory, and a layer
    ///   of the same name as somebody's folder must not delete it.
    func putAside(_ name: ByteString) throws {
        do throws(SystemError) {
            guard isOurs(name) else {
                throw SystemError("renameat2", name, errno: .fileExists)
            }
            try directory.rename(name, into: directory, as: temporaryName())
        } catch {
            if error.errno == .noSuchFileOrDirectory { return }
            guard error.errno == .fileExists else { throw error }
            throw Failure(
                "\(ByteString(roots))/\(name) is in the way, and was not made by stacker",
                hint: "move it away, or choose another directory with --roots-dir", class: .rejected)
        }
    }

    /// Whether stacker could have made this entry: a directory that holds nothing but the parts of a root.
    func isOurs(_ name: ByteString) -> Bool {
        do throws(SystemError) {
            let names = try directory.openDirectory(name).names()
            return names.allSatisfy { BuildRoot.parts.contains($0) || $0 == FinishedLayer.marker }
        } catch {
            return error.errno == .noSuchFileOrDirectory
        }
    }

    /// Whether the entry is an empty directory, which could be anybody's.
    func isEmpty(_ name: ByteString) throws(SystemError) -> Bool {
        guard try directory.status(of: name).kind == .directory else { return false }
        return try directory.openDirectory(name).names().isEmpty
    }

    /// What a layer may expand to: the limit, or what the file system has left, less a reserve of 5 % (64 MiB at least).
    func maximumLayerBytes(_ limits: Limits) throws -> UInt64 {
        let free = try directory.freeBytes()
        let reserve = max(free / 20, 64 << 20)
        guard free > reserve else {
            throw Failure(
                "the file system of \(ByteString(roots)) has \(free >> 20) MiB free, and stacker leaves"
                    + " \(reserve >> 20) MiB of it alone",
                hint: "free some space there, or choose another file system with --roots-dir", class: .limit)
        }
        return min(limits.layerBytes, free - reserve)
    }
}
