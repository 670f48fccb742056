import Diagnostics
import Digests
import OCI

/// What an image was last made from, kept under its name to tell why it is made again.
///
/// Nothing is decided by it: the texts are for people, and the digests are compared to word a reason.
struct InputsRecord: Hashable, Sendable {
    struct Input: Hashable, Sendable {
        /// A ``AddedInput/Kind``.
        var kind: String
        /// As stacker.yaml has it, escaped for people.
        var path: String
        var content: String
        var isDirectory: Bool
        /// Of how it is added: its name, destination, mode and owner.
        var manner: String
    }

    /// Of everything that stacker.yaml says of the image's files, but for its imports and overlay directories.
    var definition: String
    /// Of the layers below.
    var base: String
    var sourceDateEpoch: Int64?
    var inputs: [Input]
    /// What the results are kept under: of the layers, and of the image where it is an output.
    var results: [String] = []

    init(_ inputs: CacheInputs) {
        self.init(inputs.layers)
        results = [inputs.layers.key.description]
        if !inputs.layers.isBuildOnly { results.append(inputs.image.key.description) }
    }

    init(_ inputs: LayerInputs) {
        var plain = inputs
        (plain.base, plain.archive, plain.added, plain.sourceDateEpoch) = ([], nil, [], nil)
        definition = plain.key.description
        var base = CanonicalBytes("base")
        base.add("base", inputs.base)
        base.add("archive", inputs.archive)
        self.base = base.digest.hex
        sourceDateEpoch = inputs.sourceDateEpoch
        self.inputs = inputs.added.map(Input.init)
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "kind": .string(Self.kind), "definition": .string(definition), "base": .string(base),
            "inputs": .array(inputs.map(\.json)), "results": .array(results.map { .string($0) }),
        ]
        members["source_date_epoch"] = sourceDateEpoch.map { .integer($0) }
        return .object(members)
    }

    private static let kind = "inputs"

    init?(_ json: JSONValue) {
        guard let members = json.members, members["kind"]?.text == Self.kind,
            let definition = members["definition"]?.text, let base = members["base"]?.text,
            case .array(let values)? = members["inputs"]
        else { return nil }
        (self.definition, self.base) = (definition, base)
        if case .integer(let epoch)? = members["source_date_epoch"] { sourceDateEpoch = epoch }
        inputs = values.compactMap(Input.init)
        guard inputs.count == values.count else { return nil }
        if case .array(let keys)? = members["results"] { results = keys.compactMap(\.text) }
    }
}

extension InputsRecord.Input {
    fileprivate init(_ input: AddedInput) {
        var plain = input
        plain.content = Digest(of: [])
        kind = input.kind.rawValue
        path = input.path.description
        content = input.content.hex
        isDirectory = input.isDirectory
        manner = Digest(of: plain.canonicalBytes).hex
    }

    fileprivate var json: JSONValue {
        .object([
            "kind": .string(kind), "path": .string(path), "content": .string(content),
            "directory": .bool(isDirectory), "manner": .string(manner),
        ])
    }

    fileprivate init?(_ json: JSONValue) {
        guard let members = json.members, let kind = members["kind"]?.text, let path = members["path"]?.text,
            let content = members["content"]?.text, case .bool(let isDirectory)? = members["directory"],
            let manner = members["manner"]?.text
        else { return nil }
        self.init(kind: kind, path: path, content: content, isDirectory: isDirectory, manner: manner)
    }
}
