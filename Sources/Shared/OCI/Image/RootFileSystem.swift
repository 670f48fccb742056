public import Digests

/// The layers as the configuration names them: by the digests of their archives without compression, lowest first.
///
/// Source: OCI image-spec v1.1, config.md, `rootfs`.
public struct RootFileSystem: Hashable, Sendable {
    public var diffIDs: [Digest]
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(diffIDs: [Digest] = []) { self.diffIDs = diffIDs }

    init(_ value: JSONValue) throws(InvalidDocument) {
        var members = try JSONMembers(value, at: "rootfs")
        guard try members.string("type") == "layers" else {
            throw InvalidDocument("rootfs.type", "it is not \"layers\"")
        }
        guard let texts = try members.strings("diff_ids") else {
            throw InvalidDocument("rootfs.diff_ids", "it is missing")
        }
        diffIDs = []
        for (index, text) in texts.enumerated() {
            guard let digest = Digest(text) else { throw .badDigest(text, at: "rootfs.diff_ids[\(index)]") }
            diffIDs.append(digest)
        }
        other = members.rest
    }

    var json: JSONValue {
        var members = other
        members["type"] = .string("layers")
        members["diff_ids"] = .strings(diffIDs.map(\.description))
        return .object(members)
    }
}
