public import Diagnostics

/// A list of images: index.json, or an image for several platforms.
///
/// Source: OCI image-spec v1.1, image-index.md.
public struct ImageIndex: Hashable, Sendable {
    public var entries: [Entry]
    public var annotations: [String: String]
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    /// One element of `manifests`.
    public enum Entry: Hashable, Sendable {
        case blob(Descriptor)
        /// Named by a digest other than SHA-256: somebody else's, kept as it is.
        case foreign(JSONValue)
    }

    public init(_ manifests: [Descriptor] = [], annotations: [String: String] = [:]) {
        entries = manifests.map(Entry.blob)
        self.annotations = annotations
    }

    /// Reads an index, and refuses what could also pass for a manifest (CVE-2021-41190).
    public init(_ bytes: [UInt8], limits: Limits) throws(InvalidDocument) {
        var members = try JSONMembers(try StrictJSON.parse(bytes, limits: limits), at: "")
        try members.checkHead(mediaType: MediaType.index, foreign: ["config", "layers"])
        entries = []
        // umoci writes null into an empty layout.
        for (index, value) in (try members.array("manifests") ?? []).enumerated() {
            entries.append(try Entry(value, at: "manifests[\(index)]"))
        }
        annotations = try members.map("annotations")
        other = members.rest
    }

    /// The entries that stacker can read, in order.
    public var manifests: [Descriptor] {
        entries.compactMap { entry in
            guard case .blob(let descriptor) = entry else { return nil }
            return descriptor
        }
    }

    public var json: JSONValue {
        var members = other
        members["schemaVersion"] = .integer(2)
        members["mediaType"] = .string(MediaType.index)
        members["manifests"] = .array(entries.map(\.json))
        if !annotations.isEmpty { members["annotations"] = .map(annotations) }
        return .object(members)
    }

    /// The document; the same value always gives the same bytes.
    public var bytes: [UInt8] { json.bytes }
}

extension ImageIndex.Entry {
    init(_ value: JSONValue, at place: String) throws(InvalidDocument) {
        if let digest = value.members?["digest"]?.text, Self.isOtherAlgorithm(digest) {
            self = .foreign(value)
        } else {
            self = .blob(try Descriptor(value, at: place))
        }
    }

    /// Whether the text is a digest as the specification's grammar has it, of another algorithm than SHA-256.
    private static func isOtherAlgorithm(_ digest: String) -> Bool {
        guard let colon = digest.utf8.firstIndex(of: 0x3a) else { return false }
        let (algorithm, encoded) = (digest.utf8[..<colon], digest.utf8[colon...].dropFirst())
        func isLowerOrDigit(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }
        return !algorithm.isEmpty && !encoded.isEmpty && !algorithm.elementsEqual("sha256".utf8)
            && algorithm.allSatisfy { isLowerOrDigit($0) || [0x2b, 0x2e, 0x5f, 0x2d].contains($0) }
            && encoded.allSatisfy {
                isLowerOrDigit($0) || (0x41...0x5a).contains($0) || [0x3d, 0x5f, 0x2d].contains($0)
            }
    }

    var json: JSONValue {
        switch self {
        case .blob(let descriptor): descriptor.json
        case .foreign(let value): value
        }
    }

    /// The tag under which the entry is listed.
    var tag: String? {
        switch self {
        case .blob(let descriptor): descriptor.tag
        case .foreign(let value): value.members?["annotations"]?.members?[AnnotationName.reference]?.text
        }
    }
}
