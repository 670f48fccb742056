public import Diagnostics

/// An image: its configuration and its layers, lowest first.
///
/// Source: OCI image-spec v1.1, manifest.md.
public struct Manifest: Hashable, Sendable {
    public var config: Descriptor
    public var layers: [Descriptor]
    public var annotations: [String: String]
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(config: Descriptor, layers: [Descriptor] = [], annotations: [String: String] = [:]) {
        self.config = config
        self.layers = layers
        self.annotations = annotations
    }

    /// Reads a manifest, and refuses what could also pass for an index (CVE-2021-41190).
    public init(_ bytes: [UInt8], limits: Limits) throws(InvalidDocument) {
        var members = try JSONMembers(try StrictJSON.parse(bytes, limits: limits), at: "")
        try members.checkHead(mediaType: MediaType.manifest, foreign: ["manifests"])
        config = try Descriptor(try members.require("config"), at: "config")
        guard let layers = try members.array("layers") else { throw InvalidDocument("layers", "it is missing") }
        guard layers.count <= limits.overlayLayers else {
            throw InvalidDocument("layers", "more than \(limits.overlayLayers) of them", class: .limit)
        }
        self.layers = []
        for (index, layer) in layers.enumerated() {
            self.layers.append(try Descriptor(layer, at: "layers[\(index)]"))
        }
        annotations = try members.map("annotations")
        other = members.rest
    }

    public var json: JSONValue {
        var members = other
        members["schemaVersion"] = .integer(2)
        members["mediaType"] = .string(MediaType.manifest)
        members["config"] = config.json
        members["layers"] = .array(layers.map(\.json))
        if !annotations.isEmpty { members["annotations"] = .map(annotations) }
        return .object(members)
    }

    /// The document; the same value always gives the same bytes.
    public var bytes: [UInt8] { json.bytes }

    /// Refuses a configuration that names more or fewer layers than there are.
    public func checkLayers(against configuration: ImageConfiguration) throws(InvalidDocument) {
        let (named, present) = (configuration.rootfs.diffIDs.count, layers.count)
        guard named == present else {
            throw InvalidDocument(
                "rootfs.diff_ids", "the configuration names \(named) layers, the manifest has \(present)")
        }
    }
}

extension JSONMembers {
    /// Checks what manifests and indexes begin with.
    mutating func checkHead(mediaType: String, foreign: [String]) throws(InvalidDocument) {
        guard try integer("schemaVersion") == 2 else {
            throw InvalidDocument("schemaVersion", "it is not 2")
        }
        // Optional in the specification, and older tools leave it out.
        if let stated = try string("mediaType"), stated != mediaType {
            throw InvalidDocument("mediaType", "it says \"\(stated.prefix(100))\" and not \"\(mediaType)\"")
        }
        for name in foreign where contains(name) {
            throw InvalidDocument(name, "a member of another kind of document")
        }
    }
}
