import Accounts
import Diagnostics
import Glibc
import HelperClient
import LinuxSystem
import OCI
import Stackerfile
import Storage
import SystemPackage

/// What all images of one build share.
struct BuildContext: Sendable {
    var request: BuildRequest
    /// Held as long as anybody works with this value.
    private let locks: BuildLocks
    let layout: ImageLayout
    let storage: OverlayStorage
    let rehearsal: Rehearsal
    let packing = LayerPacking()
    /// What earlier builds left.
    let cache: BuildCache
    /// Layers of bases that are being unpacked, by digest.
    let unpacking = SharedWork<String, FinishedLayer>()
    /// The image that is built with this value; `nil` in what all share.
    var turn: ImageTurn?
    /// In the order of the plan.
    let files: [ImageFile]
    /// The one of the image that is built with this value.
    var file: ImageFile
    /// Seconds since 1970, UTC: what `created` says.
    let created: Int64
    /// `user@host`, or `stacker` in a reproducible build; who needs no name asks no database of users.
    var author: String { request.sourceDateEpoch == nil ? Self.userAtHost(environment) : "stacker" }
    /// `NAME=value` entries of the caller.
    let environment: [ByteString]

    /// Opens everything a build needs, before the first image is begun.
    init(request: BuildRequest, files: BuildFiles? = nil, entrance: Namespace.Entrance) throws(Failure) {
        self.request = request
        let directories = request.directories
        locks = try BuildLocks(directories)
        try StorageType.claim(directories.stacker)
        layout = try ImageLayout.openOrCreate(
            at: directories.oci, blobs: directories.stacker.appending("blobs"), limits: request.limits)
        if layout.wasCreated { request.log.info("Creating new OCI Layout at \(ByteString(directories.oci))") }
        storage = try OverlayStorage(
            roots: directories.roots, helper: entrance.helper, namespace: entrance.namespace)
        rehearsal = Rehearsal(storage, roots: directories.roots)
        cache = BuildCache(
            in: directories.stacker, leavingOut: directories.identities, isRead: request.usesCache, log: request.log,
            limits: request.limits)
        created = request.sourceDateEpoch ?? Int64(time(nil))
        environment = Self.callersEnvironment()
        self.files = Self.imageFiles(files, scratch: directories.stacker, environment: environment, log: request.log)
        file =
            self.files.first
            // Where no file says anything, none of it is looked at.
            ?? ImageFile(
                name: "-", directory: "/", text: "",
                gitVersion: GitVersion(
                    of: "/", scratch: directories.stacker, environment: environment, log: request.log))
    }

    private static func imageFiles(
        _ files: BuildFiles?, scratch: FilePath, environment: [ByteString], log: Log
    ) -> [ImageFile] {
        guard let files else { return [] }
        // Many files of one directory ask git once.
        var gitVersions: [FilePath: GitVersion] = [:]
        return zip(files.sources, files.graph.files).map { source, file in
            let gitVersion =
                gitVersions[source.directory]
                ?? GitVersion(of: source.directory, scratch: scratch, environment: environment, log: log)
            gitVersions[source.directory] = gitVersion
            return ImageFile(
                name: source.name, directory: source.directory,
                text: String(decoding: file.recipe.text, as: UTF8.self), gitVersion: gitVersion)
        }
    }

    /// The person before sudo, where there was one.
    private static func userAtHost(_ environment: [ByteString]) -> String {
        var host = [CChar](repeating: 0, count: 256)
        let name =
            unsafe gethostname(&host, host.count - 1) == 0
            ? ByteString(host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }) : "localhost"
        // Without an entry in the user database the number names the account as well.
        let prefix = Array("SUDO_USER=".utf8)
        let invoker = environment.first { $0.bytes.starts(with: prefix) && $0.count > prefix.count }?
            .bytes.dropFirst(prefix.count)
        let user =
            invoker.map { ByteString($0).description } ?? (try? Account.current().description) ?? String(getuid())
        return "\(user)@\(name)"
    }

    private static func callersEnvironment() -> [ByteString] {
        var entries: [ByteString] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            entries.append(
                ByteString(unsafe UnsafeBufferPointer(start: entry, count: strlen(entry)).map { UInt8(bitPattern: $0) })
            )
            unsafe next += 1
        }
        return entries
    }
}
