import Digests
import Diagnostics
import OCI
import Storage
import Testing

@testable import Builder

/// Records that other versions of stacker wrote, and such as nobody did.
@Suite struct RecordTests {
    private static let descriptor = Descriptor(
        mediaType: MediaType.layerTarGzip, digest: Digest(of: [1]), size: 7, annotations: ["a": "b"])

    private static let layers = LayersRecord([
        .init(
            createdBy: "stacker build of a",
            blobs: [
                "isal-1/2.30": PackedLayer(descriptor: descriptor, diffID: Digest(of: [2])),
                "none": PackedLayer(descriptor: descriptor, diffID: Digest(of: [2])),
            ]),
        .init(createdBy: "stacker build of b", directory: LayerTrace(name: "b", identity: "1 2 3")),
    ])

    private static let image = ImageRecord(
        manifest: Descriptor(mediaType: MediaType.manifest, digest: Digest(of: [3]), size: 9))

    private func parse(_ bytes: [UInt8]) throws -> JSONValue { try StrictJSON.parse(bytes, limits: Limits()) }

    @Test func areReadAsTheyWereWritten() throws {
        #expect(LayersRecord(try parse(Self.layers.json.bytes)) == Self.layers)
        #expect(ImageRecord(try parse(Self.image.json.bytes)) == Self.image)
    }

    @Test func areNotTakenForEachOther() {
        #expect(LayersRecord(Self.image.json) == nil)
        #expect(ImageRecord(Self.layers.json) == nil)
    }

    /// What a later version adds is passed over, at every level.
    @Test func membersThatAreNotKnownChangeNothing() throws {
        #expect(LayersRecord(Self.extended(Self.layers.json)) == Self.layers)
        #expect(ImageRecord(Self.extended(Self.image.json)) == Self.image)
    }

    /// Each member of each level left out, or of another kind: no record, or one that promises less, and no trap.
    @Test func membersThatAreMissingOrWrongPromiseNothingMore() {
        for json in [Self.layers.json, Self.image.json] {
            for changed in Self.damaged(json) {
                if let record = LayersRecord(changed) {
                    #expect(record.layers.count <= Self.layers.layers.count)
                    for layer in record.layers {
                        #expect(layer.blobs.values.allSatisfy { $0.descriptor.digest == Self.descriptor.digest })
                    }
                }
                if let record = ImageRecord(changed) { #expect(record.manifest.mediaType == MediaType.manifest) }
            }
        }
    }

    private static func extended(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(let elements): return .array(elements.map(extended))
        case .object(let members):
            // A descriptor keeps what it does not know, since that becomes part of the next document.
            guard members["digest"] == nil else { return json }
            return .object(members.mapValues(extended).merging(["of-a-later-version": .bool(true)]) { old, _ in old })
        default: return json
        }
    }

    private static func damaged(_ json: JSONValue) -> [JSONValue] {
        var all: [JSONValue] = [.null, .string(""), .integer(-1), .array([]), .object([:])]
        switch json {
        case .array(let elements):
            for (place, element) in elements.enumerated() {
                for other in damaged(element) {
                    var changed = elements
                    changed[place] = other
                    all.append(.array(changed))
                }
            }
        case .object(let members):
            for (name, member) in members {
                all.append(.object(members.filter { $0.key != name }))
                for other in damaged(member) { all.append(.object(members.merging([name: other]) { _, new in new })) }
            }
        default: break
        }
        return all
    }
}
