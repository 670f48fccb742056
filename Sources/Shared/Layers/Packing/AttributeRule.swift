import Diagnostics

/// What becomes of an extended attribute when a layer is packed.
enum AttributeRule: Hashable, Sendable {
    case carried(as: ByteString)
    /// Overlayfs's mark that a directory hides everything below it.
    case opaqueMark
    /// Overlayfs's mark that an empty file stands for a name that is gone.
    case whiteoutMark
    /// Belongs to this machine, or to the overlay the layer was made in.
    case dropped
    /// Holds a `=`, which ends the keyword of a PAX record.
    case unwritable

    init(for name: ByteString) {
        let bytes = name.bytes
        if bytes == Self.opaque {
            self = .opaqueMark
        } else if bytes == Self.whiteout {
            self = .whiteoutMark
        } else if bytes.starts(with: Self.escapedOverlay) {
            self = Self.written(Self.overlay + bytes.dropFirst(Self.escapedOverlay.count))
        } else if Self.machinePrefixes.contains(where: bytes.starts) || Self.machineNames.contains(bytes) {
            self = .dropped
        } else {
            self = Self.written(bytes)
        }
    }

    private static func written(_ name: [UInt8]) -> AttributeRule {
        name.contains(UInt8(ascii: "=")) ? .unwritable : .carried(as: ByteString(name))
    }

    private static let overlay = Array("user.overlay.".utf8)
    /// Unpacking escapes an image's own attributes of overlayfs like this; so does overlayfs for a nested overlay.
    private static let escapedOverlay = Array("user.overlay.overlay.".utf8)
    private static let opaque = Array("user.overlay.opaque".utf8)
    private static let whiteout = Array("user.overlay.whiteout".utf8)
    private static let machinePrefixes = [overlay, Array("trusted.".utf8)]
    private static let machineNames = [
        "security.selinux", "security.ima", "security.evm", "system.nfs4_acl",
    ].map { Array($0.utf8) }
}
