import Diagnostics
import Testing

@testable import Layers

@Suite struct AttributePolicyTests {
    private static func unpacked(_ name: ByteString, _ value: [UInt8] = [1]) throws(InvalidArchive)
        -> ExtendedAttribute?
    {
        try ExtendedAttribute(name: name, value: ByteString(value)).unpacked()
    }

    @Test(
        arguments: [
            ("user.note", "user.note"), ("user.overlay", "user.overlay"), ("user.overlayfs", "user.overlayfs"),
            ("user.overlay.opaque", "user.overlay.overlay.opaque"),
            ("user.overlay.whiteout", "user.overlay.overlay.whiteout"),
            ("user.overlay.redirect", "user.overlay.overlay.redirect"),
            ("user.overlay.overlay.opaque", "user.overlay.overlay.overlay.opaque"),
            ("trusted.overlay.opaque", nil), ("trusted.x", nil), ("security.ima", nil), ("security.evm", nil),
            ("security.selinux", nil), ("security.SMACK64", nil), ("system.nfs4_acl", nil),
            ("system.posix_acl_access", nil), ("com.apple.quarantine", nil), ("USER.x", nil),
        ] as [(ByteString, ByteString?)])
    func onlyTheImagesOwnAttributesArriveAndNoneThatOverlayfsActsOn(name: ByteString, arrives: ByteString?) throws {
        #expect(try Self.unpacked(name)?.name == arrives)
    }

    @Test(
        arguments: [
            ("", 1, .rejected), ("user", 1, .rejected), ("user.a\u{0}b", 1, .rejected), ("user.big", 65_537, .limit),
        ] as [(ByteString, Int, ErrorClass)])
    func impossibleAttributesAreRefused(name: ByteString, length: Int, errorClass: ErrorClass) {
        let error = #expect(throws: InvalidArchive.self) {
            try Self.unpacked(name, [UInt8](repeating: 0, count: length))
        }
        #expect(error?.errorClass == errorClass)
    }

    @Test(arguments: [(250, true), (251, false)])
    func aNameMustBeShortEnough(length: Int, fits: Bool) {
        let name = ByteString("user." + String(repeating: "x", count: length))
        #expect(((try? Self.unpacked(name)) != nil) == fits)
    }

    private static let capability: [UInt8] = [1, 0, 0, 2] + [UInt8](repeating: 7, count: 16)

    @Test func capabilitiesAreKeptButTheirNamespaceIsNot() throws {
        #expect(try Self.unpacked("security.capability", Self.capability)?.value.bytes == Self.capability)
        let bound: [UInt8] = [1, 0, 0, 3] + Self.capability.dropFirst(4) + [0xe8, 3, 0, 0]
        #expect(try Self.unpacked("security.capability", bound)?.value.bytes == Self.capability)
    }

    @Test(arguments: [0, 3, 12, 19, 21, 24, 1 << 16])
    func capabilitiesOfAnotherLengthAreRefused(length: Int) {
        let value = Array((Self.capability + [UInt8](repeating: 0, count: length)).prefix(length))
        #expect(throws: InvalidArchive.self) { try Self.unpacked("security.capability", value) }
    }
}
