import Digests
import Diagnostics
import LinuxSystem
import Stackerfile
import SystemPackage

/// The files and directories of the host that an image takes in, as they were when they were looked at.
struct CachedSources: Sendable {
    private let context: BuildContext
    /// Images of this build that are finished.
    private let built: [String: BuiltImage]
    private var seen: [SourceDigests.Place: SourceDigests.Source] = [:]
    private var archives: [FilePath: SourceDigests.Source] = [:]

    init(context: BuildContext, built: [String: BuiltImage]) { (self.context, self.built) = (context, built) }

    /// The digest of an archive; only its bytes count, and neither its name nor who may read it.
    mutating func archive(_ url: ByteString) throws -> String {
        if let source = ImagePath(url) { return try content(of: source).hex }
        let path = try path(url)
        let source = try context.cache.sources.archive(path)
        archives[path] = source
        return source.content.hex
    }

    /// What an import brings, and how.
    mutating func addedInput(_ item: Import) throws -> AddedInput {
        let (content, isDirectory) = try content(of: item)
        let named = if case .file(let name) = item.source { try hostPath(name) } else { try path(item.path) }
        let name = named.lastComponent.map { ByteString(FilePath(root: nil, [$0])) }
        return AddedInput(
            kind: item.destination == nil ? .importForStep : .importAsLayer, path: item.path, name: name ?? "",
            destination: item.destination, mode: item.mode, user: item.user.map { Int64($0) },
            group: item.group.map { Int64($0) }, hash: item.hash, takesContents: item.takesContents,
            content: content, isDirectory: isDirectory)
    }

    private mutating func content(of item: Import) throws -> (Digest, isDirectory: Bool) {
        switch item.source {
        case .file(let name):
            let path = try hostPath(name)
            let place = SourceDigests.Place(
                path: path, followsLink: item.takesContents,
                exclusions: try item.exclusions(at: path, limits: context.request.limits))
            let source = try context.cache.sources.source(place)
            seen[place] = source
            return (source.content, source.listing != nil)
        case .image(let source): return (try content(of: source), false)
        }
    }

    /// Whatever it is that lies there: the same layers hold the same files.
    private func content(of source: ImagePath) throws -> Digest {
        guard let other = built[source.image] else { throw Failure("\"\(source.image)\" is not built") }
        var bytes = CanonicalBytes("file of an image")
        bytes.add("layers", try other.chain(in: context))
        bytes.add("path", source.path)
        return bytes.digest
    }

    /// What an overlay_dir brings, and where to.
    mutating func addedInput(_ item: OverlayDirectory) throws -> AddedInput {
        let place = SourceDigests.Place(path: try hostPath(item.source.path), followsLink: true)
        let source = try context.cache.sources.source(place)
        seen[place] = source
        return AddedInput(
            kind: .overlayDirectory, path: item.source.path, name: "", destination: item.destination,
            content: source.content, isDirectory: true)
    }

    /// As ``ImportStore`` reads it.
    private func hostPath(_ text: ByteString) throws(Failure) -> FilePath {
        let host = context.file.directory.pushing(try path(text))
        return host.lastComponent?.kind == .regular ? host : host.lexicallyNormalized()
    }

    private func path(_ text: ByteString) throws(Failure) -> FilePath {
        guard let path = FilePath(text) else { throw Failure("\(text) is no path: it holds a NUL") }
        return path
    }

    /// The first in order of name that is not what it was.
    func changed() -> FilePath? {
        let digests = context.cache.sources
        let changed =
            seen.filter { !digests.isUnchanged($0.key, since: $0.value) }.map(\.key.path)
            + archives.filter { !digests.isUnchanged(archive: $0.key, since: $0.value) }.map(\.key)
        return changed.min { ByteString($0) < ByteString($1) }
    }

    var listings: [(digest: String, listing: TreeListing)] {
        seen.values.compactMap { source in source.listing.map { (source.content.hex, $0) } }
    }
}
