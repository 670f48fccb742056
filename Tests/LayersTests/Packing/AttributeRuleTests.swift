import Diagnostics
import Testing

@testable import Layers

@Suite struct AttributeRuleTests {
    @Test(
        arguments: [
            ("user.mime_type", .carried(as: "user.mime_type")),
            ("security.capability", .carried(as: "security.capability")),
            ("security.SMACK64", .carried(as: "security.SMACK64")),
            ("system.posix_acl_access", .carried(as: "system.posix_acl_access")),
            ("user.overlayfs", .carried(as: "user.overlayfs")),
            ("user.overlay.overlay.opaque", .carried(as: "user.overlay.opaque")),
            ("user.overlay.overlay.overlay.x", .carried(as: "user.overlay.overlay.x")),
            ("user.overlay.opaque", .opaqueMark),
            ("user.overlay.whiteout", .whiteoutMark),
            ("user.overlay.origin", .dropped),
            ("user.overlay.", .dropped),
            ("trusted.overlay.opaque", .dropped),
            ("trusted.md5", .dropped),
            ("security.selinux", .dropped),
            ("security.ima", .dropped),
            ("security.evm", .dropped),
            ("system.nfs4_acl", .dropped),
            ("user.a=b", .unwritable),
            ("user.overlay.overlay.a=b", .unwritable),
            ("user.overlay.a=b", .dropped),
        ] as [(ByteString, AttributeRule)])
    func theNameDecides(_ name: ByteString, _ rule: AttributeRule) {
        #expect(AttributeRule(for: name) == rule)
    }
}
