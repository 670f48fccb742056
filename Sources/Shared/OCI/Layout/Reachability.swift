import Digests
import Diagnostics
import LinuxSystem

/// Everything that index.json leads to.
///
/// Whatever looks like a descriptor counts, in documents of any kind, so that what an artifact of another tool needs
/// stays too.
struct Reachability {
    private let layout: ImageLayout
    private(set) var digests: Set<Digest> = []
    /// False where a document could not be read that may name more.
    private(set) var isComplete = true
    private static let depthLimit = 8

    init(layout: ImageLayout) { self.layout = layout }

    mutating func add(_ value: JSONValue, depth: Int = 0) {
        switch value {
        case .array(let elements):
            for element in elements { add(element, depth: depth) }
        case .object(let members):
            if let text = members["digest"]?.text, let digest = Digest(text), digests.insert(digest).inserted {
                follow(value, digest, depth: depth + 1)
            }
            for member in members.values { add(member, depth: depth) }
        default: break
        }
    }

    /// Looks into documents; layers and configurations lead nowhere.
    private mutating func follow(_ value: JSONValue, _ digest: Digest, depth: Int) {
        guard let type = value.members?["mediaType"]?.text, type != MediaType.configuration,
            type.utf8.reversed().starts(with: "json".utf8.reversed())
        else { return }
        do {
            guard depth <= Self.depthLimit else { throw InvalidDocument("", "nested too deep", class: .limit) }
            // What is not here leads nowhere either: a layout may hold a part of a multi-platform image.
            guard try layout.blobs.status(of: digest) != nil else { return }
            let bytes = try layout.readBlob(try Descriptor(value))
            add(try StrictJSON.parse(bytes, limits: layout.limits), depth: depth)
        } catch {
            isComplete = false
        }
    }
}
