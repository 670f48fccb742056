import OCI

/// A whole image: its manifest, which leads to everything else.
struct ImageRecord: Hashable, Sendable {
    var manifest: Descriptor

    var json: JSONValue { .object(["kind": .string(Self.kind), "manifest": manifest.json]) }

    private static let kind = "image"

    init(manifest: Descriptor) { self.manifest = manifest }

    init?(_ json: JSONValue) {
        guard json.members?["kind"]?.text == Self.kind, let value = json.members?["manifest"],
            let manifest = try? Descriptor(value), manifest.mediaType == MediaType.manifest
        else { return nil }
        self.manifest = manifest
    }
}
