import Digests
import Diagnostics
import OCI
import Storage

/// What building an image gave: its layers above the documents of its base, lowest first.
///
/// Written as JSON. Members that a later version adds are passed over, and what it leaves out makes the entry none.
struct LayersRecord: Hashable, Sendable {
    /// One layer with its blobs, by the id of the encoder that made them.
    struct Layer: Hashable, Sendable {
        /// What the history of the image says of it.
        var createdBy: String
        var blobs: [String: PackedLayer] = [:]
        /// Where the layer is no blob, its directory.
        var directory: LayerTrace?
    }

    var layers: [Layer]
    /// Those that the script of `generate_labels` made.
    var labels: [String: String]

    var json: JSONValue {
        var members: [String: JSONValue] = ["kind": .string(Self.kind), "layers": .array(layers.map(\.json))]
        if !labels.isEmpty {
            // A list for the same reason as the blobs of a layer.
            members["labels"] = .array(
                labels.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, value in
                    .object(["name": .string(name), "value": .string(value)])
                })
        }
        return .object(members)
    }

    private static let kind = "layers"

    init(_ layers: [Layer], labels: [String: String] = [:]) { (self.layers, self.labels) = (layers, labels) }

    init?(_ json: JSONValue) {
        guard json.members?["kind"]?.text == Self.kind, case .array(let values)? = json.members?["layers"] else {
            return nil
        }
        layers = values.compactMap(Layer.init)
        guard layers.count == values.count else { return nil }
        labels = [:]
        if case .array(let values)? = json.members?["labels"] {
            for value in values {
                guard let name = value.members?["name"]?.text, let text = value.members?["value"]?.text else {
                    return nil
                }
                labels[name] = text
            }
        }
    }
}

extension LayersRecord.Layer {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["created_by": .string(createdBy)]
        if !blobs.isEmpty {
            // A list, because in an object two names may not differ in upper and lower case only.
            members["blobs"] = .array(
                blobs.sorted { $0.key < $1.key }.map { encoder, blob in
                    .object([
                        "encoder": .string(encoder), "descriptor": blob.descriptor.json,
                        "diff_id": .string(blob.diffID.description),
                    ])
                })
        }
        if let directory {
            members["directory"] = .object([
                "name": .string(directory.name), "identity": .string(directory.identity),
            ])
        }
        return .object(members)
    }

    fileprivate init?(_ json: JSONValue) {
        guard let members = json.members, let createdBy = members["created_by"]?.text else { return nil }
        self.init(createdBy: createdBy)
        if case .array(let values)? = members["blobs"] {
            for value in values {
                guard let encoder = value.members?["encoder"]?.text, let descriptor = value.members?["descriptor"],
                    let blob = try? Descriptor(descriptor),
                    let diffID = value.members?["diff_id"]?.text.flatMap({ Digest($0) })
                else { return nil }
                blobs[encoder] = PackedLayer(descriptor: blob, diffID: diffID)
            }
        }
        if let directory = members["directory"]?.members {
            guard let name = directory["name"]?.text, let identity = directory["identity"]?.text else { return nil }
            self.directory = LayerTrace(name: name, identity: identity)
        }
    }
}
