public import Diagnostics
import Glibc
import LinuxSystem
import Synchronization
public import SystemPackage

/// A directory of images that other tools read and write as well.
///
/// Blobs are made in a directory of stacker's own and get a second name here when they are published, so a build that
/// was killed leaves nothing in the layout that looks like an image.
///
/// Source: OCI image-spec v1.1, image-layout.md.
public final class ImageLayout: Sendable {
    public let path: FilePath
    /// Whether there was no layout before it was opened.
    public let wasCreated: Bool
    let root: OwnedDescriptor
    /// The blobs of the layout.
    let blobs: BlobDirectory
    /// Stacker's own, where blobs are made; nil where the layout was opened to be read.
    let workshop: Workshop?
    let limits: Limits
    /// Held while the layout is changed, so that two images of one build do not undo each other's tags; for two
    /// stackers there is ``LayoutLock``.
    let changes = Mutex(())

    /// What files of the layout must belong to where root works for somebody else.
    let owner: Owner?

    struct Owner: Sendable {
        let user: UInt32
        let group: UInt32
    }

    static let indexName: ByteString = "index.json"
    static let versionName: ByteString = "oci-layout"
    private static let version = "1.0.0"

    private init(
        path: FilePath, root: consuming OwnedDescriptor, blobs: BlobDirectory, workshop: Workshop?, limits: Limits,
        wasCreated: Bool
    ) throws(SystemError) {
        let status = try root.status()
        owner = geteuid() == 0 && status.user != 0 ? Owner(user: status.user, group: status.group) : nil
        self.path = path
        self.root = root
        self.blobs = blobs
        self.workshop = workshop
        self.limits = limits
        self.wasCreated = wasCreated
    }

    /// Opens a layout that exists, to be read; its own directory may be named through a symbolic link.
    public static func open(existing path: FilePath, limits: Limits) throws(Failure) -> ImageLayout {
        let root = try openExisting(path)
        return try attempt("open the OCI layout \(ByteString(path))") {
            let layout = try ImageLayout(
                path: path, root: root.duplicate(), blobs: try openBlobs(in: root), workshop: nil, limits: limits,
                wasCreated: false)
            try layout.checkVersion()
            return layout
        }
    }

    private static func openExisting(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor.open(directory: path)
        } catch {
            guard [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) else {
                throw error.explanation.wrapped("open the OCI layout \(ByteString(path))")
            }
            throw Failure(
                "there is no OCI layout at \(ByteString(path))",
                hint: "build an image first, or name the layout with --oci-dir", class: .usage)
        }
    }

    /// Opens the layout at `path`, creates it if there is nothing or an empty directory.
    ///
    /// `blobs` is the directory of stacker's own in which blobs are made; it is created, readable by nobody else.
    ///
    /// - Throws: ``Failure`` naming `oci-dir` where something else is at `path`, or it belongs to another user.
    public static func openOrCreate(at path: FilePath, blobs: FilePath, limits: Limits) throws(Failure) -> ImageLayout {
        let root = try openDirectory(path)
        return try attempt("open the OCI layout \(ByteString(path))") {
            try checkOwner(of: root)
            let wasCreated = try create(in: root, path, limits: limits)
            let layout = try ImageLayout(
                path: path, root: root.duplicate(), blobs: try openBlobs(in: root),
                workshop: try Workshop(blobs: blobs), limits: limits, wasCreated: wasCreated)
            try layout.checkVersion()
            _ = try layout.index()
            return layout
        }
    }

    private static func openDirectory(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        do throws(SystemError) {
            _ = try OwnedDescriptor.makeSharedDirectories(path)
        } catch {
            throw error.explanation.wrapped("open oci-dir \(ByteString(path))")
        }
        return try openWithoutLinks(path)
    }

    /// Opens the directory itself, not what a symbolic link in its place points to.
    static func openWithoutLinks(_ path: FilePath) throws(Failure) -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        } catch {
            guard [.notDirectory, .tooManySymbolicLinkLevels].contains(error.errno) else {
                throw error.explanation.wrapped("open oci-dir \(ByteString(path))")
            }
            throw Failure(
                "oci-dir \(ByteString(path)) is a symbolic link or no directory",
                hint: "remove it, or name another directory with --oci-dir", class: .rejected)
        }
    }

    /// Root may work for the owner of the layout; nobody else may write where another user decides what is there.
    private static func checkOwner(of root: borrowing OwnedDescriptor) throws {
        let user = try root.status().user
        guard user == geteuid() || geteuid() == 0 else {
            throw Failure(
                "oci-dir belongs to uid \(user), and this is uid \(geteuid())",
                hint: "name a directory of your own with --oci-dir", class: .permission)
        }
    }

    /// Makes an empty layout of an empty directory, or of one whose making was cut off.
    private static func create(
        in root: borrowing OwnedDescriptor, _ path: FilePath, limits: Limits
    ) throws -> Bool {
        if try hasBothFiles(names(in: root)) { return false }
        let lock = try LayoutLock(root, limits: limits)
        defer { withExtendedLifetime(lock) {} }
        let names = try names(in: root)
        if hasBothFiles(names) { return false }
        guard try names.isEmpty || isUnfinished(root, names) else {
            let missing = names.contains(indexName) ? versionName : indexName
            throw Failure(
                "oci-dir \(ByteString(path)) is no OCI layout: it has no \(missing)",
                hint: "name an empty directory, or one that does not exist, with --oci-dir", class: .rejected)
        }
        try makeShared("blobs", in: root)
        try makeShared("sha256", in: try root.openRealDirectory("blobs"))
        try root.replaceFile(indexName, with: ImageIndex().bytes, mode: 0o666)
        guard !names.contains(versionName) else { return true }
        // Last, because only with this file the directory is a layout.
        try root.replaceFile(
            versionName, with: JSONValue.object(["imageLayoutVersion": .string(version)]).bytes, mode: 0o666)
        return true
    }

    private static func names(in root: borrowing OwnedDescriptor) throws(SystemError) -> Set<ByteString> {
        Set(try root.names().filter { !TemporaryName.matches($0) })
    }

    private static func hasBothFiles(_ names: Set<ByteString>) -> Bool {
        names.contains(versionName) && names.contains(indexName)
    }

    private static func makeShared(_ name: ByteString, in directory: borrowing OwnedDescriptor) throws(SystemError) {
        do throws(SystemError) {
            try directory.makeSharedDirectory(name)
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
    }

    /// Whether nothing is there but what ``create(in:_:limits:)`` makes before the layout is one, or what
    /// ``remove(_:limits:)`` leaves where somebody else's files keep it from removing the directory.
    private static func isUnfinished(_ root: borrowing OwnedDescriptor, _ names: Set<ByteString>) throws -> Bool {
        if names.contains(versionName) { return true }
        guard names.isSubset(of: ["blobs", indexName]), names.contains("blobs") else { return false }
        let blobs = try root.openDirectory("blobs")
        let inside = try blobs.names()
        guard inside == ["sha256"] else { return inside.isEmpty }
        return try blobs.openDirectory("sha256").names().isEmpty
    }

    private static func openBlobs(in root: borrowing OwnedDescriptor) throws -> BlobDirectory {
        let parent = try root.openRealDirectory("blobs")
        let descriptor = try parent.openRealDirectory("sha256")
        return BlobDirectory(parent: parent, descriptor: descriptor)
    }

    private func checkVersion() throws {
        guard let bytes = try root.contents(of: Self.versionName, limit: limits.jsonBytes) else {
            throw Failure("it is no OCI layout: it has no \(Self.versionName)", class: .rejected)
        }
        do {
            var members = try JSONMembers(try StrictJSON.parse(bytes, limits: limits), at: "")
            let version = try members.requiredString("imageLayoutVersion")
            guard version == Self.version else {
                throw InvalidDocument("imageLayoutVersion", "\"\(version.prefix(100))\" is not \(Self.version)")
            }
        } catch {
            throw Failure(explaining: error).wrapped("read \(Self.versionName)")
        }
    }
}
