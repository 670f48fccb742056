import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Accounts

@Suite struct `An account` {
    @Test func `is who runs this process`() throws {
        let account = try Account.current()
        #expect(account.uid == geteuid())
        #expect(account.gid == getegid())
        #expect(account.isRoot == Host.isRoot)
    }

    @Test func `is found by name and by uid`() throws {
        let root = try #require(try Account.find(name: "root"))
        #expect(root == Account(uid: 0, gid: 0, name: "root", home: "/root"))
        #expect(try Account.find(uid: 0) == root)
    }

    @Test(arguments: ["no such account", "", "root\0x", "root\r\n"] as [ByteString])
    func `is nil where there is none of that name`(_ name: ByteString) throws {
        #expect(try Account.find(name: name) == nil)
    }

    @Test func `is nil where there is none with that uid`() throws {
        #expect(try Account.find(uid: 3_999_999_999) == nil)
    }

    @Test func `is called by its uid when it has no name`() {
        #expect(Account(uid: 77, gid: 7).description == "77")
    }
}

@Suite struct `A mapping program` {
    @Test(.requiresTool("newuidmap")) func `is found with the privilege it has`() throws {
        let program = MappingProgram.find(.users)
        #expect(program.path == "/usr/bin/newuidmap")
        #expect(program.privilege == .setuidRoot)
    }

    /// `setcap cap_setuid=ep`, `cap_setgid=ep`, `cap_setuid=p` (not effective), as getfattr shows them.
    @Test(
        arguments: [
            ([1, 0, 0, 2, 0x80, 0, 0, 0] + Array(repeating: 0, count: 12), 7, true),
            ([1, 0, 0, 2, 0x40, 0, 0, 0] + Array(repeating: 0, count: 12), 6, true),
            ([1, 0, 0, 2, 0x40, 0, 0, 0] + Array(repeating: 0, count: 12), 7, false),
            ([0, 0, 0, 2, 0x80, 0, 0, 0] + Array(repeating: 0, count: 12), 7, false),
            ([1, 0, 0, 3, 0x80, 0, 0, 0] + Array(repeating: 0, count: 16), 7, true),
            ([1, 0, 0, 3, 0x80, 0, 0, 0] + Array(repeating: 0, count: 12), 7, false),
            ([1, 0, 0, 9, 0x80, 0, 0, 0] + Array(repeating: 0, count: 12), 7, false),
            ([1, 0, 0, 2], 7, false),
            ([], 7, false),
        ] as [([UInt8], Int, Bool)])
    func `may act when its file capability is effective`(_ value: [UInt8], _ capability: Int, _ expected: Bool) {
        #expect(MappingProgram.grants(capability, value) == expected)
    }
}

@Suite struct `A file of the host` {
    @Test func `is nil when it is missing`() throws {
        #expect(try SystemFile.contents(of: "/nonexistent/file") == nil)
    }

    @Test func `does not block when it is a FIFO`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("fifo")
        try #require(path.withPlatformString { mkfifo($0, 0o600) } == 0)
        #expect(try SystemFile.contents(of: path) == [])
        path.withPlatformString { _ = unlink($0) }
    }
}
