import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@testable import Builder

@Suite struct LabelDirectoryTests {
    /// What a directory gives that this shell script filled.
    private func labels(_ script: String, limits: Limits = Limits()) throws -> [String: String] {
        let home = try TemporaryDirectory()
        let made = try Program.run(
            "/bin/bash", ["-c", ByteString("mkdir labels && cd labels && \(script)")], currentDirectory: home.path)
        try #require(made.exitCode == 0, "\(made.stderrText)")
        let directory = try OwnedDescriptor.open(directory: home.path.appending("labels"))
        return try LabelDirectory(directory, limits: limits).read()
    }

    @Test func eachFileIsALabelWithItsExactBytes() throws {
        let result = try labels(
            #"printf 'v/1\n' >org.example.a; printf ' x\t"é\0' >.hidden; : >empty; printf 1 >'a b=c'; chmod 400 empty"#)
        #expect(
            result == ["org.example.a": "v/1\n", ".hidden": " x\t\"é\0", "empty": "", "a b=c": "1"])
        #expect(try labels("true").isEmpty)
    }

    @Test(arguments: [
        ("ln -s /etc/passwd x", "x is a symbolic link, and only a file can be a label"),
        ("touch a && ln -s a x", "x is a symbolic link, and only a file can be a label"),
        ("mkdir x", "x is a directory, and only a file can be a label"),
        ("mkfifo x", "x is a FIFO, and only a file can be a label"),
        (
            "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"x\")'",
            "x is a socket, and only a file can be a label"
        ),
        ("touch $'x\\xff'", "x\\xff is no name of a label: it is not UTF-8"),
        ("printf 'a\\xff' >x", "x holds no label: its bytes are not UTF-8"),
        (#"touch $'\xc3\xa9' $'e\xcc\x81'"#, "two labels are both named \u{e9}, in different bytes"),
        ("touch a 'b\u{1b}' && ln -s a $'x\\n'", "x\\x0a is a symbolic link, and only a file can be a label"),
    ])
    func whatIsNoPlainTextIsRefusedByName(script: String, message: String) {
        let failure = #expect(throws: Failure.self) { try labels(script) }
        #expect(failure?.description == message)
        #expect(failure?.errorClass == .rejected)
    }

    @Test(.requiresRoot, arguments: ["c 1 3", "c 1 5", "b 7 0", "c 0 0"])
    func aDeviceIsNotOpened(device: String) {
        let failure = #expect(throws: Failure.self) { try labels("mknod x \(device)") }
        #expect(failure?.description == "x is a device, and only a file can be a label")
    }

    @Test func allNamesAndValuesTogetherAreBounded() throws {
        var limits = Limits()
        (limits.labels, limits.labelBytes) = (3, 10)
        #expect(try labels("printf 12345678 >ab", limits: limits) == ["ab": "12345678"])
        #expect(try labels("printf 1234 >a; printf 1234 >b", limits: limits).count == 2)
        for script in [
            "printf 123456789 >ab", "printf 1234 >a; printf 12345 >b", "touch abcd efgh ijk", "truncate -s 1T a",
        ] {
            let failure = #expect(throws: Failure.self) { try labels(script, limits: limits) }
            #expect(failure?.description == "names and contents of the files are more than 10 bytes")
            #expect(failure?.errorClass == .limit)
        }
        let failure = #expect(throws: Failure.self) { try labels("touch 1 2 3 4", limits: limits) }
        #expect(failure?.description == "there are 4 files, and 3 are allowed")
    }

    @Test(.requiresUser) func aFileThatNobodyMayReadIsNamed() {
        let failure = #expect(throws: Failure.self) { try labels("touch x; chmod 0 x") }
        #expect(failure?.summary == "cannot read x")
        #expect(failure?.hint?.contains("chmod a+r") == true)
    }
}
