import Diagnostics
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
    }

    /// Opens what is below `stacker`, which the caller has locked.
    init(in stacker: FilePath, isRead: Bool, log: Log, limits: Limits) {
        do {
            directory = try attempt("going on without the cache") { try CacheDirectory(in: stacker) }
        } catch {
            directory = nil
            log.warning("\(error)")
        }
        let files = FileIndex("files", in: directory)
        let blobIndex = FileIndex("blobs", in: directory)
        indexes = [files, blobIndex]
        sources = SourceDigests(index: files)
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
        write { try $0.write(ByteString(key.description), record.bytes) }
    }

    /// What the image with this name was last made from.
    func lastInputs(of image: String) -> InputsRecord? {
        guard let bytes = directory?.read(ByteString(image), in: .names),
            let json = try? StrictJSON.parse(bytes, limits: limits)
        else { return nil }
        return InputsRecord(json)
    }

    func keepInputs(_ inputs: InputsRecord, of image: String) {
        write { try $0.write(ByteString(image), inputs.json.bytes, in: .names) }
    }

    func listing(_ digest: String) -> TreeListing? {
        guard let bytes = directory?.read(Self.listingName(digest)) else { return nil }
        return try? TreeListing(reading: bytes)
    }

    func keep(_ listing: TreeListing, digest: String) {
        let name = Self.listingName(digest)
        guard let directory, directory.read(name) == nil else { return }
        write { try $0.write(name, listing.bytes) }
    }

    private static func listingName(_ digest: String) -> ByteString { ByteString("tree-\(digest)") }

    /// Keeps what was learned about files and blobs, at the end of a build.
    func save() {
        guard let directory else { return }
        if state.withLock({ $0.hasWritten }) { sources.settle() }
        for index in indexes {
            do throws(SystemError) { try index.save(in: directory) } catch { note(error) }
        }
    }

    private func write(_ body: (CacheDirectory) throws(SystemError) -> Void) {
        guard let directory else { return }
        do throws(SystemError) {
            let isFirst = state.withLock { state in
                defer { state.hasWritten = true }
                return !state.hasWritten
            }
            if isFirst { try directory.removeAbandonedFiles() }
            try body(directory)
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
