import Diagnostics
import Testing

@testable import Checks

@Suite struct `The distribution of a host` {
    @Test(arguments: [
        ("ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n", Distribution.Family.debian),
        ("ID=ubuntu\nID_LIKE=debian\n", .debian),
        ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", .debian),
        ("NAME=\"Fedora Linux\"\nID=fedora\n", .fedora),
        ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", .fedora),
        ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"\n", .suse),
        ("ID='sles'\n", .suse),
        ("ID=arch\n", .arch),
        ("ID=endeavouros\nID_LIKE=arch\n", .arch),
        ("ID=alpine\n", .alpine),
        ("ID=nixos\n", .nixos),
        ("ID=alpine\r\n", .alpine),
        ("# ID=debian\nID=gentoo\n", .unknown),
        ("ID=Debian\n", .unknown),
        ("", .unknown),
        ("=\n==\nID\nID=\"\n", .unknown),
    ])
    func `is told by ID and ID_LIKE`(_ text: String, _ family: Distribution.Family) {
        #expect(Distribution(parsing: Array(text.utf8)).family == family)
    }

    @Test func `has a name and a version`() {
        let distribution = Distribution(
            parsing: Array("ID=x\nVERSION_ID=\"24.04\"\nPRETTY_NAME=\"Say \\\"x\\\" \\$1 \\\\ 'y'\"\n".utf8))
        #expect(distribution.name == "Say \"x\" $1 \\ 'y'")
        #expect(distribution.version == "24.04")
    }

    @Test(arguments: [("", "Linux"), ("ID=void\n", "void")] as [(String, ByteString)])
    func `is called by what is known`(_ text: String, _ name: ByteString) {
        #expect(Distribution(parsing: Array(text.utf8)).name == name)
    }
}
