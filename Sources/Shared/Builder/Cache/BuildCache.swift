import Diagnostics
import Digests
import LinuxSystem
import OCI
import Synchronization
import SystemPackage

/// Results of earlier builds, and what is known of files and blobs: shared by all images of a build.
///
/// Nothing in here fails a build: what cannot be read is not there, and what cannot be written is said once.
final class BuildCache: Sendable {
    /// `nil` where there is none.
    private let directory: CacheDirectory?
    let sources: SourceDigests
    let blobs: BlobCheck
    /// Whether results of earlier builds may be taken.
    let isRead: Bool
    private let indexes: [FileIndex]
    private let log: Log
    private let limits: Limits
    private let state = Mutex(State())

    private struct State {
        var hasWritten = false
        var hasFailed = false
        /// Blobs that the output layout is known to have.
        var published: Set<Digest> = []
    }

    /// Opens what is below `stacker`, which the caller has locked; imports are without the directories `leftOut`.
    init(in stacker: FilePath, leavingOut leftOut: Set<FileStatus.Identity>, isRead: Bool, log: Log, limits: Limits) {
        do {
            directory = try attempt("going on without the cache") { try CacheDirectory(in: stacker) }
        } catch {
            directory = nil
            log.warning("\(error)")
        }
        let files = FileIndex("files", in: directory)
        let blobIndex = FileIndex("blobs", in: directory)
        indexes = [files, blobIndex]
        sources = SourceDigests(index: files, leavingOut: leftOut)
        blobs = BlobCheck(index: blobIndex)
        self.isRead = isRead
        self.log = log
        self.limits = limits
    }

    /// What is kept under a key.
    func record(_ key: CacheKey) -> JSONValue? {
        guard let bytes = directory?.read(ByteString(key.description)) else { return nil }
        return try? StrictJSON.parse(bytes, limits: limits)
    }

    func keep(_ record: JSONValue, under key: CacheKey) {
        write(record.bytes, as: ByteString(key.description))
    }

    /// What the image with this name was last made from.
    func lastInputs(of image: String) -> InputsRecord? {
        guard let bytes = directory?.read(ByteString(image), in: .names),
            let json = try? StrictJSON.parse(bytes, limits: limits)
        else { return nil }
        return InputsRecord(json)
    }

    func keepInputs(_ inputs: InputsRecord, of image: String) {
        write(inputs.json.bytes, as: ByteString(image), in: .names)
    }

    func listing(_ digest: String) -> TreeListing? {
        guard let bytes = directory?.read(Self.listingName(digest)) else { return nil }
        return try? TreeListing(reading: bytes)
    }

    func keep(_ listing: TreeListing, digest: String) {
        write(listing.bytes, as: Self.listingName(digest))
    }

    /// What names of entries begin with that say what a directory holds.
    static let listingPrefix: ByteString = "tree-"

    static func listingName(_ digest: String) -> ByteString {
        ByteString(listingPrefix.bytes + Array(digest.utf8))
    }

    /// Keeps what was learned about files and blobs, at the end of a build.
    func save() {
        guard let directory else { return }
        if state.withLock({ $0.hasWritten }) { sources.settle() }
        for index in indexes {
            do throws(SystemError) { try index.save(in: directory) } catch { note(error) }
        }
    }

    func isKnownAsPublished(_ digest: Digest) -> Bool { state.withLock { $0.published.contains(digest) } }

    func noteAsPublished(_ digests: [Digest]) { state.withLock { $0.published.formUnion(digests) } }

    /// Writes what is not there already: a build that finds everything as it was writes nothing.
    private func write(_ content: [UInt8], as name: ByteString, in place: CacheDirectory.Place = .results) {
        guard let directory, directory.read(name, in: place) != content else { return }
        do throws(SystemError) {
            let isFirst = state.withLock { state in
                defer { state.hasWritten = true }
                return !state.hasWritten
            }
            if isFirst { try directory.removeAbandonedFiles() }
            try directory.write(name, content, in: place)
        } catch {
            note(error)
        }
    }

    private func note(_ error: SystemError) {
        let isFirst = state.withLock { state in
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
        if isFirst { log.warning("cannot keep results for later builds: \(error)") }
    }
}
