public import Digests
public import Diagnostics

/// What `stacker inspect` prints of an image.
public struct ImageInspection: Hashable, Sendable {
    public let tag: String
    /// Of the manifest.
    public let digest: Digest
    public let manifest: Manifest
    public let configuration: ImageConfiguration

    public init(tag: String, digest: Digest, manifest: Manifest, configuration: ImageConfiguration) {
        self.tag = tag
        self.digest = digest
        self.manifest = manifest
        self.configuration = configuration
    }

    /// Lines that end in a line break; nothing in them steers a terminal.
    public var text: String {
        var lines = [Self.shown(tag)]
        for (index, layer) in manifest.layers.enumerated() {
            let details = "\(Self.size(layer.size)), \(Self.shown(layer.mediaType))"
            lines.append("\tlayer \(index): \(layer.digest.hex.prefix(12))... (\(details))")
        }
        if !manifest.annotations.isEmpty {
            lines.append("Annotations:")
            let sorted = manifest.annotations.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            lines += sorted.map { "  \(Self.shown($0.key)): \(Self.shown($0.value))" }
        }
        lines += ["Image config:", configuration.json.indentedText]
        return lines.map { $0 + "\n" }.joined()
    }

    /// Line breaks and tabs stay: a whole stacker.yaml may be an annotation.
    private static func shown(_ text: String) -> String {
        text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
            line.split(separator: 0x09, omittingEmptySubsequences: false).map { ByteString($0).description }
                .joined(separator: "\t")
        }.joined(separator: "\n")
    }

    /// Bytes in SI units, with one decimal below ten: `512 B`, `2.2 MB`, `83 MB`.
    static func size(_ bytes: Int64) -> String {
        let bytes = max(0, bytes)
        var unit: Int64 = 1
        var name = "B"
        for larger in ["kB", "MB", "GB", "TB", "PB", "EB"] where bytes / unit >= 1_000 {
            unit *= 1_000
            name = larger
        }
        if unit == 1 { return "\(bytes) B" }
        // Tenths, rounded: divided in two steps, so that nothing overflows.
        let tenths = (bytes / (unit / 100) + 5) / 10
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\((tenths + 5) / 10) \(name)"
    }
}

extension ImageInspection {
    /// One document about these images, which ends in a line break.
    ///
    /// Version 1 of the form: members may be added, none changes its meaning. `manifest` and `config` are the
    /// documents of the image, with all that they hold.
    public static func json(_ images: [ImageInspection]) -> String {
        let document = JSONValue.object([
            "version": .integer(1),
            "images": .array(
                images.map { image in
                    .object([
                        "tag": .string(image.tag), "digest": .string(image.digest.description),
                        "manifest": image.manifest.json, "config": image.configuration.json,
                    ])
                }),
        ])
        return document.indentedText + "\n"
    }
}

extension ImageLayout {
    /// What `stacker inspect` shows: one image, or every tagged one in the order of index.json.
    public func inspect(tag: String? = nil) throws(Failure) -> [ImageInspection] {
        let index = try index()
        var images: [ImageInspection] = []
        for tag in tag.map({ [$0] }) ?? index.tags {
            guard let descriptor = try index.resolve(tag) else { throw index.missing(tag) }
            let manifest = try manifest(of: descriptor)
            images.append(
                ImageInspection(
                    tag: tag, digest: descriptor.digest, manifest: manifest,
                    configuration: try configuration(of: manifest)))
        }
        return images
    }
}
