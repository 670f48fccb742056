public import Diagnostics
import SystemPackage

/// Images for several platforms.
extension ImageLayout {
    /// The manifest that `tag` names: where it names an index, the first one in it for this platform.
    ///
    /// An image for one platform only is taken as it is, whatever its platform.
    ///
    /// - Throws: ``Failure`` `bad descriptor TAG` where there is no such tag, and where the index has no such platform.
    public func selectManifest(tag: String, os: String, architecture: String) throws(Failure) -> Descriptor {
        let index = try index()
        guard let descriptor = try index.resolve(tag) else { throw index.missing(tag) }
        switch descriptor.mediaType {
        case MediaType.manifest: return descriptor
        case MediaType.index:
            var offered: [Platform] = []
            let wanted = Platform(os: os, architecture: architecture)
            if let found = try select(wanted, in: descriptor, depth: 1, &offered) { return found }
            let names = offered.map(\.description).joined(separator: ", ")
            throw Failure(
                "image \(ByteString(tag)) is not for \(wanted)",
                causes: offered.isEmpty ? [] : ["it is for \(ByteString(names))"], class: .rejected)
        default:
            throw Failure(
                "bad descriptor \(ByteString(tag))", causes: ["its type is \(ByteString(descriptor.mediaType))"],
                class: .rejected)
        }
    }

    private static let indexDepth = 4

    private func select(
        _ wanted: Platform, in descriptor: Descriptor, depth: Int, _ offered: inout [Platform]
    ) throws(Failure) -> Descriptor? {
        guard depth <= Self.indexDepth else {
            throw Failure("image indexes are nested more than \(Self.indexDepth) deep", class: .limit)
        }
        let manifests = try index(of: descriptor).manifests
        for entry in manifests {
            switch entry.mediaType {
            case MediaType.index:
                if let found = try select(wanted, in: entry, depth: depth + 1, &offered) { return found }
            case MediaType.manifest:
                guard let platform = entry.platform else {
                    if manifests.count == 1 { return entry }
                    continue
                }
                if platform.os == wanted.os && platform.architecture == wanted.architecture { return entry }
                offered.append(platform)
            default: continue
            }
        }
        return nil
    }
}
