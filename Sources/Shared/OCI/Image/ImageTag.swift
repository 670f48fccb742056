public import Diagnostics

/// The grammar of tags.
///
/// Source: OCI image-spec v1.1, annotations.md, `org.opencontainers.image.ref.name`.
public enum ImageTag {
    /// Refuses what the specification does not allow as a tag, or what is longer than 255 bytes.
    public static func check(_ tag: String) throws(Failure) {
        guard tag.utf8.count <= 255, isReference(tag) else {
            throw Failure(
                "\"\(ByteString(tag))\" is no name for an image",
                causes: ["a name has letters and digits, with single . _ - : @ + or / between them"],
                class: .rejected)
        }
    }

    private static func isReference(_ tag: String) -> Bool {
        tag.utf8.split(separator: 0x2f, omittingEmptySubsequences: false).allSatisfy(isComponent)
    }

    private static func isComponent(_ component: Substring.UTF8View) -> Bool {
        var separators: [UInt8] = [0]
        for byte in component {
            if isLetterOrDigit(byte) {
                separators = []
                continue
            }
            // Nothing but `--` has two separators side by side, and none stands first.
            guard "-._:@+".utf8.contains(byte), separators.isEmpty || (separators == [0x2d] && byte == 0x2d) else {
                return false
            }
            separators.append(byte)
        }
        return separators.isEmpty
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
