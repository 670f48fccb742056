import Diagnostics

extension ExtendedAttribute {
    /// What overlayfs, mounted with `userxattr`, takes for "hides everything below".
    ///
    /// Source: Documentation/filesystems/overlayfs.rst, "User xattr".
    static let opaque = ExtendedAttribute(name: opaqueName, value: "y")
    static let opaqueName: ByteString = "user.overlay.opaque"

    private static let maximumName = 255
    private static let maximumValue = 65_536
    private static let overlay = Array("user.overlay.".utf8)

    /// What of an attribute in an archive reaches the file.
    ///
    /// `user.` is the image's own name space, except that a name overlayfs would act on is escaped as overlayfs itself
    /// escapes it. File capabilities are kept, bound to no namespace. All others belong to the system that packed.
    ///
    /// - Returns: `nil` where it is left out.
    func unpacked() throws(InvalidArchive) -> ExtendedAttribute? {
        guard !name.isEmpty, name.count <= Self.maximumName, !name.containsNUL,
            name.bytes.contains(UInt8(ascii: "."))
        else { throw .rejected("the extended attribute \(name.abbreviated) has an impossible name") }
        guard value.count <= Self.maximumValue else {
            throw .limit("the extended attribute \(name.abbreviated) is longer than \(Self.maximumValue) bytes")
        }
        if name.bytes.starts(with: Self.overlay) {
            let escaped = ByteString(Self.overlay + name.bytes.dropFirst("user.".utf8.count))
            guard escaped.count <= Self.maximumName else {
                throw .rejected("the extended attribute \(name.abbreviated) has an impossible name")
            }
            return ExtendedAttribute(name: escaped, value: value)
        }
        if name.bytes.starts(with: "user.".utf8) { return self }
        guard name == "security.capability" else { return nil }
        return ExtendedAttribute(name: name, value: try Self.capability(value))
    }

    /// The revision 2 form of file capabilities; revision 3 adds the root user of a namespace that is not ours.
    ///
    /// Source: capabilities(7), "File capability extended attribute versioning"; linux/capability.h.
    private static func capability(_ value: ByteString) throws(InvalidArchive) -> ByteString {
        let revision = value.count >= 4 ? value.bytes[3] : 0
        switch (revision, value.count) {
        case (2, 20): return value
        case (3, 24):
            var bytes = Array(value.bytes.prefix(20))
            bytes[3] = 2
            return ByteString(bytes)
        default: throw .rejected("its file capabilities are malformed (\(value.count) bytes)")
        }
    }
}
