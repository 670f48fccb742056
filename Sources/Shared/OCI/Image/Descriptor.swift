public import Digests

/// Names a blob, its format and its length.
///
/// Source: OCI image-spec v1.1, descriptor.md. `urls` and `data` are kept and never used: the bytes come from the
/// layout alone.
public struct Descriptor: Hashable, Sendable {
    public var mediaType: String
    public var digest: Digest
    /// Bytes of the blob as stored.
    public var size: Int64
    public var annotations: [String: String]
    public var platform: Platform?
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(
        mediaType: String, digest: Digest, size: Int64, annotations: [String: String] = [:], platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.platform = platform
    }

    public init(_ value: JSONValue, at place: String = "") throws(InvalidDocument) {
        var members = try JSONMembers(value, at: place)
        mediaType = try members.requiredString("mediaType")
        digest = try members.digest("digest")
        guard let size = try members.integer("size") else {
            throw InvalidDocument(members.path("size"), "it is missing")
        }
        guard size >= 0 else { throw InvalidDocument(members.path("size"), "it is negative") }
        self.size = size
        annotations = try members.map("annotations")
        let platformPlace = members.path("platform")
        if let value = members.take("platform") { platform = try Platform(value, at: platformPlace) }
        other = members.rest
    }

    public var json: JSONValue {
        var members = other
        members["mediaType"] = .string(mediaType)
        members["digest"] = .string(digest.description)
        members["size"] = .integer(size)
        if !annotations.isEmpty { members["annotations"] = .map(annotations) }
        members["platform"] = platform?.json
        return .object(members)
    }

    /// The tag under which index.json lists it.
    public var tag: String? { annotations[AnnotationName.reference] }
}
