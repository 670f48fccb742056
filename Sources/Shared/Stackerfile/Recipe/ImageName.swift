import Diagnostics

/// The rules for names of images, which become directory names and tags.
enum ImageName {
    /// What is wrong with a name; `nil` for a good one.
    ///
    /// Source: OCI distribution-spec v1.1, the grammar of `reference`, without a leading `_`.
    static func complaint(about name: ByteString) -> String? {
        let shown = Shown.text(name)
        if name.bytes.contains(0x3a) { return "':' is forbidden in the layer name '\(shown)'" }
        guard let first = name.bytes.first else { return "a layer name cannot be empty" }
        guard name.count <= 128 else { return "the layer name '\(shown)' is longer than 128 bytes" }
        guard isAlphanumeric(first), name.bytes.allSatisfy({ isAlphanumeric($0) || [0x5f, 0x2e, 0x2d].contains($0) })
        else { return "'\(shown)' cannot be a layer name" }
        // Both would be names of directories that stacker makes beside those of the images.
        for reserved in ["sha256_", "temp-snapshot-"] where name.bytes.starts(with: Array(reserved.utf8)) {
            return "layer names that start with '\(reserved)' are reserved"
        }
        return nil
    }

    /// What ``complaint(about:)`` accepts, in words.
    static let rule = "letters, digits, '_', '.' and '-', starting with a letter or digit"

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }
}
